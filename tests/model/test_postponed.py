"""Annotations as text: `from __future__ import annotations`, names for type checkers only, names of functions."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from contextlib import AbstractAsyncContextManager, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, ForwardRef, Generic, TypeVar

import pytest
from model_support import bound, graph_of

from tenure import Container, Inject, inject
from tenure.errors import MissingBindingError
from tenure.model.binding import Collect, Need
from tenure.model.introspect import needs_of, product_of, returns_context

if TYPE_CHECKING:
    import nowhere
    from nowhere import Hidden

T = TypeVar("T")


def needs(target):
    """Return what *target* needs, leaving aside how it is passed."""
    return tuple(dataclasses.replace(each, by_position=False) for each in needs_of(target, {}))


class Settings: ...


class Repo(Generic[T]):
    def __init__(self, item: T, items: list[T]) -> None: ...


@dataclass
class Point:
    settings: Settings
    replica: Annotated[Settings, "replica"]
    maybe: Settings | None = None


class UsesHidden:
    def __init__(self, hidden: Hidden, settings: Settings) -> None:
        self.hidden = hidden


class MayUseHidden:
    def __init__(self, hidden: Hidden | None, old: Hidden | None, default: Hidden = 5) -> None:
        self.seen = hidden, old, default


class CollectsHidden:
    def __init__(self, every: list[Hidden], by_name: dict[str, Hidden]) -> None:
        self.seen = every, by_name


class UsesDotted:
    def __init__(self, hidden: nowhere.Hidden) -> None: ...


def test_names_of_the_module_are_resolved():
    """Text is read in the module where it stands."""

    def make(settings: Settings, maybe: Settings | None, replica: Annotated[Settings, "r"], every: list[Settings]): ...

    assert needs(make) == (
        Need("settings", Settings),
        Need("maybe", Settings, optional=True),
        Need("replica", Annotated[Settings, "r"]),
        Need("every", Settings, collect=Collect.LIST),
    )


def test_dataclass_fields_are_resolved():
    """A dataclass under postponed annotations is read alike."""
    assert needs(Point) == (
        Need("settings", Settings),
        Need("replica", Annotated[Settings, "replica"]),
        Need("maybe", Settings, optional=True, default=None),
    )


def test_generic_arguments_reach_text():
    """Type variables in text are replaced like others."""
    assert needs(Repo[Settings]) == (Need("item", Settings), Need("items", Settings, collect=Collect.LIST))


def test_product_is_resolved():
    """Return annotations in text are read."""

    def make() -> Iterator[Settings]:
        yield Settings()

    @contextmanager
    def managed() -> Iterator[Settings]:
        yield Settings()

    def context() -> AbstractAsyncContextManager[Settings]: ...

    assert product_of(make) is Settings
    assert product_of(managed) is Settings
    assert product_of(context) is Settings
    assert returns_context(context) is AbstractAsyncContextManager


def test_name_that_exists_for_type_checkers_only():
    """Such a name stays open, and does not keep the others from being resolved."""
    assert needs(UsesHidden) == (Need("hidden", ForwardRef("Hidden")), Need("settings", Settings))


def test_open_name_inside_an_optional():
    """`"Hidden | None"` is an open name that None will do for, in each spelling."""
    first, second, third = needs(MayUseHidden)

    assert (first.key, first.optional) == (ForwardRef("Hidden"), True)
    assert (second.key, second.optional) == (ForwardRef("Hidden"), True)
    assert (third.key, third.optional, third.default) == (ForwardRef("Hidden"), False, 5)


def test_open_name_inside_a_collection():
    """`"list[Hidden]"` collects whatever the name stands for."""
    first, second = needs(CollectsHidden)

    assert (first.key, first.collect) == (ForwardRef("Hidden"), Collect.LIST)
    assert (second.key, second.collect) == (ForwardRef("Hidden"), Collect.DICT)


def test_open_name_finds_the_bound_class():
    """An open name is served by the one bound class that is called so."""
    hidden = type("Hidden", (), {})
    graph = graph_of(bound(hidden), bound(UsesHidden))

    edges = graph.edges(graph.require(UsesHidden))

    assert edges[0].sources[0][1].key is hidden


def test_open_dotted_name_finds_the_bound_class():
    """`"nowhere.Hidden"` is served by the bound class called `Hidden`."""
    hidden = type("Hidden", (), {})
    graph = graph_of(bound(hidden), bound(UsesDotted))

    assert graph.edges(graph.require(UsesDotted))[0].sources[0][1].key is hidden


def test_open_name_that_two_bound_classes_have():
    """Where two bound classes are called so, neither is guessed; both are named."""
    one, two = type("Hidden", (), {}), type("Hidden", (), {})
    graph = graph_of(bound(one), bound(two), bound(UsesHidden))

    with pytest.raises(MissingBindingError) as caught:
        graph.edges(graph.require(UsesHidden))

    assert "no bound class has that name" not in str(caught.value)


def test_open_name_is_served_in_a_container():
    """What the graph finds, the container gives: alone, optional, and with a default."""
    hidden = type("Hidden", (), {})
    container = Container()
    container.bind(hidden)

    assert isinstance(container.get(UsesHidden).hidden, hidden)
    assert all(isinstance(each, hidden) for each in container.get(MayUseHidden).seen)


def test_open_name_is_collected_in_a_container():
    """Collections of an open name hold every binding of the class."""
    hidden = type("Hidden", (), {})
    container = Container()
    container.bind(hidden)
    container.bind(hidden, name="other")

    every, by_name = container.get(CollectsHidden).seen

    assert [type(each) for each in every] == [hidden, hidden]
    assert list(by_name) == ["", "other"]


def test_local_class():
    """A class inside a function, named in another one's annotation, is found by its bound name."""

    class Local: ...

    class User:
        def __init__(self, local: Local) -> None:
            self.local = local

    container = Container()
    container.bind(Local)

    assert isinstance(container.get(User).local, Local)


def test_local_class_that_a_function_encloses():
    """A name that the function itself uses is resolved from its closure, bound or not."""

    class Local: ...

    def make(local: Local) -> Settings:
        assert isinstance(local, Local)
        return Settings()

    assert needs(make) == (Need("local", Local),)


def test_injected_parameters_in_text():
    """`Annotated[T, Inject()]` works as text."""
    container = Container()

    @inject(container=container)
    def handler(number: int, settings: Annotated[Settings, Inject()]) -> tuple[int, Settings]:
        return number, settings

    number, settings = handler(1)

    assert number == 1
    assert isinstance(settings, Settings)
