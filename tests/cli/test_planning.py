"""What a start will open, and what it did open: the same, in an order that fits."""

from collections.abc import Iterator

import pytest

from tenure import Container
from tenure.cli.planning import longest_chain, planned, waves_of
from tenure.containers import DeclarativeContainer
from tenure.errors import CircularDependencyError, MissingBindingError
from tenure.events import Opened
from tenure.providers import Callable, Resource


def opener(cls, *needs):
    """Return a generator function that needs *needs* and yields a *cls*."""
    names = [f"p{number}" for number in range(len(needs))]
    found = {"cls": cls}
    exec(f"def open_it({', '.join(names)}):\n  try: yield cls()\n  finally: pass\n", found)
    found["open_it"].__annotations__ = dict(zip(names, needs, strict=True)) | {"return": Iterator[cls]}
    return found["open_it"]


class A: ...


class B: ...


class C: ...


class D: ...


class Plain:
    def __init__(self, b: B): ...


def container():
    """Return one in which D needs C, and B below a plain value; both need A."""
    found = Container()
    found.bind(D, opener(D, C, Plain), scope="singleton")
    found.bind(Plain, scope="singleton")
    found.bind(C, opener(C, A), scope="singleton")
    found.bind(B, opener(B, A), scope="singleton")
    found.bind(A, opener(A), scope="singleton")
    return found


def test_waves():
    """A resource is one wave after the last of what it needs, also below a plain value."""
    steps = planned(container())

    assert [[step.name for step in wave] for wave in waves_of(steps)] == [["A"], ["C", "B"], ["D"]]
    assert {step.name: set(step.needs) for step in steps} == {"A": set(), "B": {"A"}, "C": {"A"}, "D": {"B", "C"}}
    assert longest_chain(steps) in (["A", "B", "D"], ["A", "C", "D"])


def test_the_plan_is_what_a_start_opens():
    """Nothing more and nothing less, in the same order where it opens one after the other."""
    found, opened = container(), []
    steps = planned(found)
    assert found.snapshot().resources == ()

    found.observe(lambda event: opened.append(event.label) if isinstance(event, Opened) else None)
    found.start_sync()
    found.close()

    assert [step.name for step in steps] == opened


def test_a_declarative_container():
    """Its resources are planned, its other providers are not."""

    class Shop(DeclarativeContainer):
        a = Resource(opener(A))
        plain = Callable(lambda a: a, a)
        c = Resource(opener(C, A), plain)

    steps = planned(Shop())

    assert [(step.name, step.wave, step.needs) for step in steps] == [
        ("Shop.a", 1, ()),
        ("Shop.c", 2, ("Shop.a",)),
    ]


def test_nothing_to_open():
    """A container without resources has no waves and no chain."""
    found = Container()
    steps = planned(found)
    found.close()

    assert (steps, waves_of(steps), longest_chain(steps)) == ([], [], [])


def test_a_graph_with_an_error():
    """What cannot be started cannot be planned, for the same reason."""
    found = Container(autobind=False)
    found.bind(A, opener(A, B), scope="singleton")
    with pytest.raises(MissingBindingError):
        planned(found)
    found.bind(B, opener(B, A), scope="singleton")
    with pytest.raises(CircularDependencyError):
        planned(found)
    found.close()
