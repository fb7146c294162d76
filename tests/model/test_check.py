"""Everything that is wrong with a graph, all at once, sorted, without making anything."""

import functools
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Annotated, Protocol

import pytest
from hypothesis import given
from hypothesis import strategies as st
from model_support import LADDER, CountingGraph, bound, chain, found_in, graph_of, kinds, layers, numbered

from tenure import Container, Inject, inject, managed_resource, resource
from tenure.errors import Finding, GraphError
from tenure.model.binding import AMBIENT, SINGLETON, TRANSIENT, Make, Need
from tenure.model.check import findings_of
from tenure.model.place import location
from tenure.model.yields import unprotected_yield


class Settings: ...


class Database:
    def __init__(self, settings: Settings) -> None: ...


class Users:
    def __init__(self, database: Database) -> None: ...


class Clock(ABC):
    @abstractmethod
    def now(self) -> float: ...


class SystemClock(Clock):
    def now(self) -> float:
        return 0.0


class Greeter(Protocol):
    def greet(self) -> str: ...


@dataclass(frozen=True)
class Consumer:
    """A function with injected parameters, as `check` sees it."""

    name: str
    needs: tuple[Need, ...]
    is_async: bool = False
    where: str | None = None


def needing(name, /, **parameters):
    """Return a class called *name* with the annotations of *parameters*."""
    signature = ", ".join(f"{each}: '_{each}'" for each in parameters)
    namespace = {f"_{each}": hint for each, hint in parameters.items()}
    exec(f"def __init__(self, {signature}): ...", namespace)
    return type(name, (), {"__init__": namespace["__init__"], "__qualname__": name})


async def async_settings() -> AsyncIterator[Settings]:
    try:
        yield Settings()
    finally:
        pass


def settings() -> Iterator[Settings]:
    yield Settings()


def test_nothing_wrong():
    """A graph in which everything fits has no findings of weight."""
    assert found_in(bound(Users), bound(Settings, scope=SINGLETON)) == []


def test_missing():
    """What is needed and not bound is missing; the text says who needs it, why, and what looks like it."""
    user = needing("User", url=Annotated[str, "databse"])

    (finding,) = found_in(bound(user), bound(Annotated[str, "database"], "x", is_value=True))

    assert (finding.level, finding.kind, finding.key) == ("error", "missing", user)
    assert finding.text.startswith("User needs url: str['databse'], but ")
    assert finding.text.endswith("did you mean str['database']?")


def test_missing_below_what_binds_itself():
    """A class that nobody bound is looked at as well, if something needs it."""
    inner = needing("Inner", name=Annotated[str, "name"])
    outer = needing("Outer", inner=inner)

    assert kinds(found_in(bound(outer))) == [("missing", inner)]


def test_missing_with_its_place():
    """A finding carries the file and line of what needs it."""

    class Local:
        def __init__(self, name: Annotated[str, "name"]) -> None: ...

    (finding,) = found_in(bound(Local))

    assert finding.where == location(Local)
    assert str(finding) == f"error: missing: {finding.text} ({location(Local)})"


@pytest.mark.parametrize("hint", [int, str, bytes, dict])
def test_uninjectable_builtin(hint):
    """A parameter of a builtin type cannot be filled in by itself."""
    user = needing("User", value=hint)

    (finding,) = found_in(bound(user))

    assert (finding.level, finding.kind, finding.key) == ("error", "uninjectable", user)
    assert finding.text.startswith(f"User needs value: {hint.__name__}, but ")
    assert "arguments={'value': ...}" in finding.text


def test_uninjectable_without_annotation():
    """A parameter that says nothing cannot be filled in either."""

    class User:
        def __init__(self, value): ...

    (finding,) = found_in(bound(User))

    assert (finding.level, finding.kind, finding.key) == ("error", "uninjectable", User)
    assert "no annotation and no default" in finding.text


def test_ambiguous():
    """Where only qualified bindings exist, the bare type says too little; they are all named."""
    user = needing("User", clock=Clock)

    (finding,) = found_in(
        bound(user), bound(Annotated[Clock, "a"], SystemClock), bound(Annotated[Clock, "b"], SystemClock)
    )

    assert (finding.level, finding.kind, finding.key) == ("error", "ambiguous", user)
    assert "Clock['a']" in finding.text
    assert "Clock['b']" in finding.text


def test_ambiguous_concrete_class():
    """A concrete class of which only qualified bindings exist is not made by itself as one more."""
    user = needing("User", settings=Settings)

    found = found_in(bound(user), bound(Annotated[Settings, "a"], Settings), bound(Annotated[Settings, "b"], Settings))

    assert kinds(found) == [("ambiguous", user)]


@pytest.mark.parametrize("hint", [Clock, Greeter])
def test_abstract(hint):
    """An abstract type needs an implementation."""
    user = needing("User", it=hint)

    (finding,) = found_in(bound(user))

    assert (finding.level, finding.kind, finding.key) == ("error", "abstract", user)
    assert f"container.bind({hint.__name__}, Implementation)" in finding.text


def test_cycle():
    """A circle is told once, drawn whole."""
    found = found_in(*numbered([[1], [2], [0]]), autobind=False)

    assert kinds(found) == [("cycle", "k0")]
    assert found[0].text.startswith("circular dependency: 'k0' -> 'k1' -> 'k2' -> 'k0'\n")


def test_two_cycles():
    """Circles that have nothing to do with each other are both told."""
    found = found_in(*numbered([[1], [0], [3], [2]]), autobind=False)

    assert kinds(found) == [("cycle", "k0"), ("cycle", "k2")]


def test_cycle_of_one():
    """What needs itself is a circle."""
    assert kinds(found_in(*numbered([[0]]), autobind=False)) == [("cycle", "k0")]


def test_captive():
    """What lives long may not need what lives shorter."""
    (finding,) = found_in(bound(Settings, scope="request"), bound(Database, scope=SINGLETON))

    assert (finding.level, finding.kind, finding.key) == ("error", "captive", Database)
    assert finding.text.startswith("Database (singleton) outlives Settings (request), which it needs\n")


@pytest.mark.parametrize("lifetime", [TRANSIENT, AMBIENT])
def test_captive_through_what_lives_as_long_as_its_user(lifetime):
    """A transient or ambient value in between hides nothing; the text draws the way."""
    (finding,) = found_in(
        bound(Settings, scope="request"), bound(Database, scope=lifetime), bound(Users, scope="session")
    )

    assert (finding.kind, finding.key) == ("captive", Users)
    assert "  Users   (" in finding.text
    assert "\n  └─ database: Database   (" in finding.text
    assert "\n     └─ settings: Settings" in finding.text


@pytest.mark.parametrize(
    ("outer", "inner"),
    [
        (SINGLETON, SINGLETON),
        ("request", SINGLETON),
        ("request", "session"),
        ("request", "request"),
        (TRANSIENT, "request"),
        (AMBIENT, "call"),
        (SINGLETON, TRANSIENT),
        (SINGLETON, AMBIENT),
    ],
)
def test_not_captive(outer, inner):
    """What lives as long or longer may be needed, and so may what lives as long as its user."""
    assert found_in(bound(Settings, scope=inner), bound(Database, scope=outer)) == []


def test_captive_of_each_rung():
    """Each rung of the ladder is wider than the next."""
    rungs = [SINGLETON, *LADDER]

    for place, outer in enumerate(rungs):
        for inner in rungs[place + 1 :]:
            found = found_in(bound(Settings, scope=inner), bound(Database, scope=outer))
            assert kinds(found) == [("captive", Database)], (outer, inner)


def test_async_in_a_synchronous_function():
    """A plain function whose injected parameter has to be awaited cannot get it."""
    consumer = Consumer("handler", (Need("settings", Settings),))

    (finding,) = found_in(bound(async_settings), consumers=[consumer])

    assert (finding.level, finding.kind) == ("error", "async-in-sync")
    assert finding.text.startswith("handler() needs Settings: it has to be awaited")
    assert "\n  handler()\n  └─ settings: Settings   (" in finding.text


def test_async_in_a_coroutine_function():
    """A coroutine function can await."""
    consumer = Consumer("handler", (Need("settings", Settings),), is_async=True)

    assert found_in(bound(async_settings), consumers=[consumer]) == []


def test_async_singleton_in_a_synchronous_function():
    """A singleton may be open by the time that a plain function asks for it."""
    consumer = Consumer("handler", (Need("settings", Settings),))

    assert found_in(bound(Settings, async_settings, scope=SINGLETON), consumers=[consumer]) == []


def test_async_in_a_synchronous_program():
    """`sync=True` tells what a program without an event loop could not open or close."""
    found = found_in(bound(async_settings), bound(Database), sync=True)

    assert {finding.kind for finding in found} == {"async-in-sync"}
    assert any("Settings" in finding.text for finding in found)
    assert found_in(bound(async_settings), bound(Database)) == []


def test_coroutine_in_a_synchronous_program():
    """What a coroutine function makes has to be awaited too."""

    async def make() -> Settings:
        return Settings()

    assert {finding.kind for finding in found_in(bound(make), sync=True)} == {"async-in-sync"}


def test_nothing_to_close():
    """A declared resource with nothing to open or close is probably a mistake."""

    @resource
    class Unlimited: ...

    (finding,) = found_in(bound(Unlimited))

    assert (finding.level, finding.kind, finding.key) == ("warning", "nothing-to-close", Unlimited)
    assert "has nothing to open or close; give it initialize and dispose" in finding.text


def test_something_to_close():
    """One of the two is enough."""

    @resource
    class Closed:
        def dispose(self): ...

    @managed_resource(initialize_func=print)
    class Opened: ...

    assert found_in(bound(Closed), bound(Opened)) == []


def test_unused():
    """What nothing needs is told, at the lowest level; injected functions count as use."""
    found = findings_of(graph_of(bound(Users), bound(Settings)), LADDER, [])
    used = findings_of(graph_of(bound(Users), bound(Settings)), LADDER, [Consumer("f", (Need("users", Users),))])

    assert [(each.level, each.kind, each.key) for each in found] == [("info", "unused", Users)]
    assert used == ()


def test_what_comes_with_a_scope_is_not_unused():
    """What scopes are given, or what an integration says that they have, is there whoever wants it."""

    def current():
        return Settings()

    current.__tenure_unasked__ = True
    container = Container()
    container.declare(Users, scope="request")
    container.bind(Settings, current, scope="request")
    container.bind(Clock, SystemClock)

    assert [(each.kind, each.key) for each in container.findings()] == [("unused", Clock)]


def test_findings_of_a_function_are_its_own():
    """What an injected function misses is told with its name and place, as a call."""
    consumer = Consumer("handler", (Need("port", int),), where="app.py:3")

    (finding,) = found_in(consumers=[consumer])

    assert finding.text.startswith("handler() needs port: int, but ")
    assert finding.where == "app.py:3"


def test_everything_at_once_and_sorted():
    """All rules speak in one go, errors first, then warnings, then the rest."""

    @resource
    class Unlimited: ...

    def leaky() -> Iterator[Greeter]:
        yield Greeter
        print("closed")

    user = needing("User", number=int, url=Annotated[str, "url"], clock=Clock, unlimited=Unlimited)
    left, right = numbered([[1], [0]])

    found = findings_of(
        graph_of(
            bound(leaky),
            bound(user),
            left,
            right,
            bound(Settings, scope="request"),
            bound(Database, scope=SINGLETON),
        ),
        LADDER,
        [Consumer("handler", (Need("nothing", "nothing"),))],
    )

    assert [finding.level for finding in found] == sorted(
        (finding.level for finding in found), key=["error", "warning", "info"].index
    )
    assert sorted({finding.kind for finding in found}) == [
        "abstract",
        "captive",
        "cycle",
        "missing",
        "nothing-to-close",
        "uninjectable",
        "unprotected-yield",
        "unused",
    ]
    assert sum(finding.kind == "missing" for finding in found) == 2


def protected():
    try:
        yield 1
    finally:
        print("closed")


def protected_by_except():
    try:
        yield 1
    except ValueError:
        print("rolled back")
        raise


def protected_by_with():
    with open("x") as file:
        yield file


def nothing_follows():
    print("open")
    yield 1


def bare():
    yield


def unprotected():
    one = 1
    yield one
    print("closed")  # 2


def unprotected_assigned():
    got = yield 1
    print(got)


def unprotected_in_a_branch():
    if print():
        yield 1
    else:
        yield 2
    print("closed")


def unprotected_after_a_try():
    try:
        print("open")
    finally:
        print("opened")
    yield 1
    print("closed")


async def unprotected_async():
    yield 1
    print("closed")


async def protected_async():
    try:
        yield 1
    finally:
        print("closed")


@pytest.mark.parametrize(
    ("function", "line"),
    [
        (protected, None),
        (protected_by_except, None),
        (protected_by_with, None),
        (nothing_follows, None),
        (bare, None),
        (protected_async, None),
        (unprotected, 3),
        (unprotected_assigned, 2),
        (unprotected_in_a_branch, 3),
        (unprotected_after_a_try, 6),
        (unprotected_async, 2),
    ],
    ids=lambda each: getattr(each, "__name__", each),
)
def test_unprotected_yield(function, line):
    """A yield that closing code follows has to stand in a `try` or a `with`."""
    assert unprotected_yield(function) == line


@pytest.mark.parametrize("function", [lambda: 1, len, functools.partial(protected), 5])
def test_unprotected_yield_of_what_cannot_be_read(function):
    """Where there is no source of a function, nothing is said."""
    assert unprotected_yield(function) is None


def test_unprotected_yield_is_found_in_its_line():
    """The finding names the line of the yield, behind a decorator too."""

    @contextmanager
    def leaky() -> Iterator[Settings]:
        print("open")
        yield Settings()
        print("closed")

    (finding,) = found_in(bound(leaky))

    line = leaky.__wrapped__.__code__.co_firstlineno + 3
    assert (finding.level, finding.kind, finding.key) == ("warning", "unprotected-yield", Settings)
    assert finding.where == f"{__file__}:{line}"


def test_check_raises_with_all_findings():
    """`container.check` raises one error that holds every finding, and numbers them in its text."""
    container = Container()
    container.bind(needing("User", a=int, b=str))

    with pytest.raises(GraphError) as caught:
        container.check()

    assert [finding.kind for finding in caught.value.findings] == ["uninjectable", "uninjectable", "unused"]
    assert str(caught.value).startswith("3 findings\n1. error: uninjectable: User needs a: int, but ")
    assert "\n2. error: uninjectable: User needs b: str, but " in str(caught.value)


def test_check_is_silent_below_errors():
    """Warnings raise only where they were asked to."""

    def leaky() -> Iterator[Settings]:
        yield Settings()
        print("closed")

    container = Container()
    container.bind(leaky)
    container.check()

    with pytest.raises(GraphError):
        container.check(strict=True)


def test_check_makes_nothing():
    """Looking for what is wrong runs no code of the user's."""
    made = []

    class Recorded:
        def __init__(self) -> None:
            made.append(self)

    container = Container()
    container.bind(Recorded, scope=SINGLETON)
    container.bind("it", lambda: made.append(1))
    container.check()

    assert made == []
    assert container.snapshot().resources == ()


def test_check_twice_says_the_same():
    """Looking changes nothing that a second look would see."""
    container = Container()
    container.bind(needing("User", a=int, settings=Settings, maybe=Settings | None))

    assert container.findings() == container.findings()


def test_container_is_not_unused():
    """The container's binding to itself is nobody's business."""
    assert Container().findings() == ()


def test_injected_functions_are_looked_at():
    """A function that was injected from a container is part of its check."""
    container = Container()

    @inject(container=container)
    def handler(port: Annotated[int, Inject()]): ...

    (finding,) = container.findings()

    assert finding.text.startswith(f"{handler.__qualname__}() needs port: int, but ")


def test_finding_without_place():
    """A finding that has no place shows none."""
    assert str(Finding("info", "unused", "url", "text", None)) == "info: unused: text"


LIFETIMES = st.sampled_from([SINGLETON, TRANSIENT, AMBIENT, *LADDER])


@given(
    st.integers(1, 12).flatmap(
        lambda n: st.tuples(
            st.lists(st.lists(st.integers(0, n + 1), unique=True, max_size=3), min_size=n, max_size=n),
            st.lists(LIFETIMES, min_size=n, max_size=n),
        )
    ),
    st.booleans(),
)
def test_check_never_raises(drawn, sync):
    """Whatever the graph, with circles, holes and captives, findings are returned and sorted."""
    needs, lifetimes = drawn
    graph = numbered(needs, lambda number: lifetimes[number])

    found = findings_of(graph, LADDER, [Consumer("f", (Need("p", "k0"), Need("q", "nothing")))], sync=sync)

    ranks = [("error", "warning", "info").index(finding.level) for finding in found]
    assert ranks == sorted(ranks)
    assert all(str(finding) for finding in found)
    holes = {f"k{number}" for number, below in enumerate(needs) if any(each >= len(needs) for each in below)}
    assert {each.key for each in found if each.kind == "missing" and isinstance(each.key, str)} == holes


@given(
    st.integers(2, 10).flatmap(
        lambda n: st.tuples(
            st.just(n),
            st.lists(
                st.tuples(st.integers(0, n - 2), st.integers(1, n - 1)).filter(lambda e: e[0] < e[1]),
                unique=True,
                max_size=20,
            ),
            st.lists(LIFETIMES, min_size=n, max_size=n),
        )
    )
)
def test_captives_are_found_exactly(drawn):
    """A binding is captive exactly if it reaches what lives shorter, through what lives as long as its user."""
    n, edges, lifetimes = drawn
    needs = [[below for above, below in edges if above == number] for number in range(n)]
    width = {SINGLETON: 0, "session": 1, "request": 2, "call": 3}
    expected = set()
    for number, lifetime in enumerate(lifetimes):
        if lifetime not in width:
            continue
        stack = list(needs[number])
        while stack:
            below = stack.pop()
            if lifetimes[below] not in width:
                stack += needs[below]
            elif width[lifetimes[below]] > width[lifetime]:
                expected.add(f"k{number}")

    found = findings_of(numbered(needs, lambda number: lifetimes[number]), LADDER, [])

    assert {finding.key for finding in found if finding.kind == "captive"} == expected


@given(
    st.integers(1, 10).flatmap(
        lambda n: st.lists(st.lists(st.integers(0, n - 1), unique=True, max_size=3), min_size=n, max_size=n)
    )
)
def test_cycles_are_found_exactly(needs):
    """There is a cycle finding exactly if needs go round, and each one's key lies on a circle."""
    reach = {number: set(below) for number, below in enumerate(needs)}
    for _ in needs:
        reach = {number: below.union(*(reach[each] for each in below)) for number, below in reach.items()}
    on_circle = {f"k{number}" for number, below in reach.items() if number in below}

    told = {finding.key for finding in findings_of(numbered(needs), LADDER, []) if finding.kind == "cycle"}

    assert told <= on_circle
    assert bool(told) == bool(on_circle)


GROWTH = 6
"""How often a need may be looked at by all rules together."""


@pytest.mark.parametrize("sync", [False, True])
@pytest.mark.parametrize("lifetime", [TRANSIENT, SINGLETON, AMBIENT])
@pytest.mark.parametrize("shape", [chain, layers])
def test_check_grows_linearly(shape, lifetime, sync):
    """All rules together look at each need a fixed number of times, however large the graph."""
    needs = shape(1000)
    graph = numbered(needs, lifetime, kind=CountingGraph)

    findings_of(graph, LADDER, [], sync=sync)

    assert graph.n_edges <= GROWTH * sum(map(len, needs))


def test_check_grows_linearly_where_many_live_long():
    """Many long-lived bindings above one long chain do not walk it once each."""
    n = 500
    needs = [[n] for _ in range(n)] + [[n + number + 1] for number in range(n)] + [[]]
    graph = numbered(needs, lambda number: SINGLETON if number < n else TRANSIENT, kind=CountingGraph)

    findings_of(graph, LADDER, [])

    assert graph.n_edges <= GROWTH * sum(map(len, needs))


def test_check_of_ten_thousand():
    """A chain of 10 000 bindings is checked without filling Python's stack."""
    graph = numbered(chain(10_000), kind=CountingGraph)

    found = findings_of(graph, LADDER, [])

    assert [finding.kind for finding in found] == ["unused"]


def test_given_values_need_nothing():
    """A value that a scope is given is neither missing nor made."""
    container = Container()
    container.declare(Settings)
    container.bind(Database)

    assert [finding.kind for finding in container.findings()] == ["unused"]
    assert container.engine.graph.find(Settings).make is Make.GIVEN
