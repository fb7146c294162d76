"""The graph: which binding serves which need, in what order things are made, who depends on whom."""

import itertools
from abc import ABC, abstractmethod
from typing import Annotated, Generic, Protocol, TypeVar

import pytest
from hypothesis import given
from hypothesis import strategies as st
from model_support import CountingGraph, bound, chain, graph_of, is_served, layers, numbered

from tenure import resource
from tenure.errors import CircularDependencyError, MissingBindingError
from tenure.model.binding import TRANSIENT, Binding, Collect, Make, Need
from tenure.model.graph import Graph
from tenure.model.plan import Plans
from tenure.model.reasons import reason_for

T = TypeVar("T")


class Settings: ...


class Database:
    def __init__(self, settings: Settings) -> None: ...


class Users:
    def __init__(self, database: Database, settings: Settings) -> None: ...


class Repo(Generic[T]): ...


class Clock(ABC):
    @abstractmethod
    def now(self) -> float: ...


class SystemClock(Clock):
    def now(self) -> float:
        return 0.0


class Greeter(Protocol):
    def greet(self) -> str: ...


@resource
class Declared:
    def dispose(self) -> None: ...


def sources(graph, target, *options):
    """Return the keys that serve each need of *target*, the constant where none does."""
    edges = graph.edges(graph.require(target))
    return [[binding.key for _, binding in edge.sources] or edge.constant for edge in edges]


def taking(hint, default=...):
    """Return a class with one parameter `value`, annotated and perhaps with a default."""

    class Taker:
        if default is ...:

            def __init__(self, value: hint) -> None: ...

        else:

            def __init__(self, value: hint = default) -> None: ...

    return Taker


def test_order_is_dependencies_first():
    """What is needed comes before what needs it, each once."""
    graph = graph_of(bound(Users))

    assert [binding.key for binding in graph.order([Users])] == [Settings, Database, Users]


def test_order_of_several_keys():
    """Several keys share what they need."""
    graph = graph_of()

    assert [binding.key for binding in graph.order([Settings, Users, Database])] == [Settings, Database, Users]


def test_concrete_classes_bind_themselves():
    """What was asked for and not bound is bound to itself, and says so."""
    graph = graph_of()
    graph.order([Users])

    assert {key: binding.declared for key, binding in graph.bindings.items()} == {
        Users: False,
        Database: False,
        Settings: False,
    }


@pytest.mark.parametrize(
    "key", ["url", int, str, dict, object, Clock, Greeter, Annotated[Settings, "q"], Settings | None, list[Settings], T]
)
def test_what_never_binds_itself(key):
    """Names, builtins, abstract types, qualified keys, unions and collections have to be bound."""
    assert graph_of().find(key) is None


def test_generic_alias_binds_itself():
    """`Repo[User]` is made by itself, apart from `Repo[Order]` and from `Repo`."""
    graph = graph_of()

    found = [graph.find(key) for key in (Repo[Settings], Repo[Database], Repo)]

    assert [binding.key for binding in found] == [Repo[Settings], Repo[Database], Repo]


def test_optional_is_served_by_what_is_bound():
    """`T | None` takes the bound value."""
    taker = taking(Settings | None)

    assert sources(graph_of(bound(taker), bound(Settings)), taker) == [[Settings]]


def test_optional_is_not_served_by_a_class_that_nobody_spoke_of():
    """An unbound class is not made for a parameter that can do without."""
    taker = taking(Settings | None)

    assert sources(graph_of(bound(taker)), taker) == [None]


def test_default_stays_where_nothing_is_bound():
    """A default is used rather than a class that binds itself."""
    taker = taking(Settings, 5)

    assert sources(graph_of(bound(taker)), taker) == [5]
    assert sources(graph_of(bound(taker), bound(Settings)), taker) == [[Settings]]


def test_optional_is_served_by_a_declared_class():
    """A class under `@resource` was spoken of: it serves, bound or not."""
    taker = taking(Declared | None)

    assert sources(graph_of(bound(taker)), taker) == [[Declared]]


def test_class_that_happened_to_bind_itself_does_not_serve_the_optional():
    """Whether a parameter gets its default does not hang on what was asked for before."""
    taker = taking(Settings | None)
    graph = graph_of(bound(taker))
    graph.require(Settings)

    assert sources(graph, taker) == [None]


def test_collected_in_order_of_binding():
    """`list[T]` gets every binding of `T`, bare and qualified, in order; `dict` keys are the qualifiers."""
    first, second, third = (
        bound(Annotated[Settings, "b"], Settings),
        bound(Settings),
        bound(Annotated[Settings, "a"], Settings),
    )
    taker = taking(dict[str, Settings])
    graph = graph_of(first, second, third, bound(taker))

    (edge,) = graph.edges(graph.require(taker))

    assert [name for name, _ in edge.sources] == ["b", "", "a"]
    assert [binding for _, binding in edge.sources] == [first, second, third]


def test_collected_leaves_out_what_bound_itself():
    """A class that nobody bound is not collected."""
    taker = taking(list[Settings])
    graph = graph_of(bound(taker))
    graph.require(Settings)

    with pytest.raises(MissingBindingError, match="no binding of Settings to collect; bind at least one"):
        graph.edges(graph.require(taker))


def test_collection_bound_as_a_whole():
    """A binding of `list[T]` itself is what `list[T]` gets."""
    taker = taking(list[Settings])

    assert sources(graph_of(bound(list[Settings], list), bound(Settings), bound(taker)), taker) == [[list[Settings]]]


def test_collection_that_can_do_without():
    """An optional or defaulted collection of nothing is None or the default."""
    assert sources(graph_of(bound(taking(list[Settings] | None))), (taker := taking(list[Settings] | None))) == [None]
    taker = taking(list[Settings], ())
    assert sources(graph_of(bound(taker)), taker) == [()]


def test_missing_need_has_a_path_of_two():
    """Of one binding's need, the path is the binding and what it misses."""
    graph = graph_of(bound(taker := taking(int)))

    with pytest.raises(MissingBindingError) as caught:
        graph.edges(graph.require(taker))

    assert [(step.key, step.parameter) for step in caught.value.path] == [(taker, None), (int, "value")]


def test_order_tells_the_whole_path():
    """From further up, the path begins where it was asked for."""
    graph = graph_of(bound("url", lambda: 1))

    class Inner:
        def __init__(self, port: int) -> None: ...

    class Outer:
        def __init__(self, inner: Inner) -> None: ...

    with pytest.raises(MissingBindingError) as caught:
        graph.order(["url", taking(Outer)])

    assert [step.parameter for step in caught.value.path] == [None, "value", "inner", "port"]


def test_adding_changes_what_is_served():
    """A need that was looked at before sees a binding that is added afterwards."""
    taker = taking(Settings | None)
    graph = graph_of(bound(taker))
    assert sources(graph, taker) == [None]

    graph.add(bound(Settings))

    assert sources(graph, taker) == [[Settings]]


def test_adding_changes_what_is_collected():
    """So does a collection."""
    taker = taking(list[Settings] | None)
    graph = graph_of(bound(taker))
    assert sources(graph, taker) == [None]

    graph.add(bound(Settings))

    assert sources(graph, taker) == [[Settings]]


def test_replacing_leaves_the_old_graph_alone():
    """A replaced binding makes a new graph."""
    old, new = bound(Settings), bound(Settings, lambda: 1)
    graph = graph_of(old)

    replaced = graph.replaced(new)

    assert replaced.find(Settings) is new
    assert graph.find(Settings) is old


def test_dependents():
    """Everything above a key depends on it, itself included."""
    graph = graph_of(bound(Settings), bound(Database), bound(Users), bound(Clock, SystemClock))

    assert graph.dependents(Settings) == {Settings, Database, Users}
    assert graph.dependents(Users) == {Users}
    assert graph.dependents(Clock) == {Clock}


def test_dependents_pass_over_what_is_broken():
    """A binding that misses something does not keep the others from being found."""
    graph = graph_of(bound(Settings), bound(Database), bound(taking(int)))

    assert graph.dependents(Settings) == {Settings, Database}


def test_reason_names_implementations_that_are_bound():
    """For an abstract type, bound classes that would do are named."""
    reason = reason_for(graph_of(bound(SystemClock)), Clock)

    assert reason.startswith("it is abstract; SystemClock would do; ")


def test_length_and_iteration():
    """A graph is as long as its bindings and gives them in order of binding."""
    first, second = bound(Users), bound(Settings)
    graph = graph_of(first, second)

    assert len(graph) == 2
    assert list(graph) == [first, second]


def acyclic(max_size=30):
    """Draw for each number which later numbers it needs."""

    @st.composite
    def draw_needs(draw):
        size = draw(st.integers(1, max_size))
        return [
            draw(st.lists(st.integers(number + 1, size - 1), unique=True, max_size=4)) if number + 1 < size else []
            for number in range(size)
        ]

    return draw_needs()


def anything(max_size=12):
    """Draw for each number which numbers it needs, circles and all."""
    return st.integers(1, max_size).flatmap(
        lambda size: st.lists(st.lists(st.integers(0, size - 1), unique=True, max_size=3), min_size=size, max_size=size)
    )


def has_cycle(needs):
    """Tell whether *needs* go round in a circle: take away what needs nothing until that ends."""
    left = {number: set(below) for number, below in enumerate(needs)}
    while True:
        free = {number for number, below in left.items() if not below}
        if not free:
            return bool(left)
        left = {number: below - free for number, below in left.items() if number not in free}


@given(acyclic())
def test_order_is_topological(needs):
    """In any graph without circles, each key comes once, after everything that it needs."""
    graph = numbered(needs)

    order = [binding.key for binding in graph.order(list(graph.bindings))]

    assert sorted(order) == sorted(graph.bindings)
    place = {key: number for number, key in enumerate(order)}
    assert all(place[f"k{below}"] < place[f"k{n}"] for n, each in enumerate(needs) for below in each)


@given(anything())
def test_order_finds_every_circle(needs):
    """`order` raises exactly where needs go round in a circle, and the path is such a circle."""
    graph = numbered(needs)
    if not has_cycle(needs):
        graph.order(list(graph.bindings))
        return

    with pytest.raises(CircularDependencyError) as caught:
        graph.order(list(graph.bindings))

    keys = [step.key for step in caught.value.path]
    numbers = [int(key[1:]) for key in keys]
    assert keys[0] == keys[-1]
    assert len(set(keys)) == len(keys) - 1
    assert all(below in needs[above] for above, below in itertools.pairwise(numbers))
    assert [step.parameter for step in caught.value.path[1:]] == [f"p{below}" for below in numbers[1:]]


@given(acyclic())
def test_dependents_are_the_reverse_of_needs(needs):
    """A key is among the dependents of another exactly if the other is in its order."""
    graph = numbered(needs)
    below = {key: {binding.key for binding in graph.order([key])} for key in graph.bindings}

    for key in graph.bindings:
        assert graph.dependents(key) == {other for other in below if key in below[other]}


@given(acyclic())
def test_depth_is_that_of_the_longest_chain(needs):
    """The plan's depth counts the longest way down, itself included."""
    graph = numbered(needs)
    plans = Plans(graph)
    depth = {}
    for number in reversed(range(len(needs))):
        depth[number] = 1 + max((depth[below] for below in needs[number]), default=0)

    assert {n: plans.facts(graph.bindings[f"k{n}"]).depth for n in depth} == depth


@pytest.mark.parametrize("shape", [chain, layers])
def test_order_grows_linearly(shape):
    """Ordering 10 000 bindings looks at each need once, however deep they stand."""
    needs = shape(10_000)
    graph = numbered(needs, kind=CountingGraph)

    order = graph.order(list(graph.bindings))

    assert len(order) == 10_000
    assert graph.n_edges <= sum(map(len, needs))


def test_ordering_again_looks_at_nothing_twice():
    """What was found once is not looked for again."""
    graph = numbered(chain(1000), kind=CountingGraph)
    graph.order(["k0"])
    before = graph.n_edges

    graph.order(["k0"])

    assert graph.n_edges == before


def test_circle_of_ten_thousand():
    """A circle longer than Python's stack is an error like any other."""
    needs = chain(10_000)
    needs[-1] = [0]

    with pytest.raises(CircularDependencyError) as caught:
        numbered(needs).order(["k0"])

    assert len(caught.value.path) == 10_001


def test_missing_at_the_end_of_ten_thousand():
    """So is something missing at the end of a chain longer than Python's stack."""
    graph = numbered([*chain(9_999), []])
    last = graph.bindings["k9998"]
    graph.bindings["k9998"] = type(last)(last.key, last.make, last.target, last.lifetime, (Need("p", "nothing"),))

    with pytest.raises(MissingBindingError) as caught:
        graph.order(["k0"])

    assert len(caught.value.path) == 10_000
    assert not is_served(graph, graph.bindings["k9998"])


def test_collecting_need_is_one_edge():
    """A collecting need keeps its way of collecting on its edge."""
    taker = taking(list[Settings])
    graph = graph_of(bound(Settings), bound(taker))

    (edge,) = graph.edges(graph.require(taker))

    assert edge.need.collect is Collect.LIST


class Thing: ...


class Raced(dict):
    """Bindings to which another thread adds *late* between two looks of this one."""

    late = None

    def get(self, key, default=None):
        found = super().get(key, default)
        if self.late is not None:
            late, self.late = self.late, None
            self[late.key] = late
        return found


@pytest.mark.parametrize("declared", [False, True])
def test_another_thread_is_faster(declared):
    """What it has bound counts: it is neither missing nor bound a second time."""
    bindings = Raced()
    bindings.late = late = Binding(Thing, Make.CALL, Thing, TRANSIENT, declared=declared)
    graph = Graph(bindings, lambda key: Binding(key, Make.CALL, key, TRANSIENT, declared=False))

    assert graph.find(Thing) is late
    assert graph.bindings[Thing] is late
