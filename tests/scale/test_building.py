"""Cost of binding, checking and the first request for each key, in lines, functions compiled and bytes."""

import gc
import linecache
import tracemalloc

import pytest

from tenure import Container
from tests.scale.support import assert_linear

SHAPES = {
    "wide": lambda i: [],
    "chain": lambda i: [i - 1] if i else [],
    "web": lambda i: sorted({i // 2, i // 3} - {i}),
}
LIFETIMES = ("singleton", "transient")


def classes(n, shape):
    """Return *n* classes, each with what it needs as annotated parameters."""
    made = []
    for i in range(n):
        names = [f"C{each}" for each in SHAPES[shape](i)]
        parameters = "".join(f", {name.lower()}: {name}" for name in names)
        space = {name: made[int(name[1:])] for name in names}
        exec(f"class C{i}:\n    def __init__(self{parameters}): ...", space)
        made.append(space[f"C{i}"])
    return made


def bound(made, scope):
    container = Container()
    for cls in made:
        container.bind(cls, scope=scope)
    return container


@pytest.fixture(params=list(SHAPES))
def shape(request):
    return request.param


def test_binding(shape):
    """Binding classes one by one."""
    assert_linear(lambda n: classes(n, shape), lambda made: bound(made, "singleton"))


@pytest.mark.parametrize("scope", LIFETIMES)
def test_checking(shape, scope):
    """Looking for what is wrong where nothing is."""
    assert_linear(lambda n: bound(classes(n, shape), scope), lambda container: container.check())


def test_finding(shape):
    """Listing all there is to say."""
    assert_linear(lambda n: bound(classes(n, shape), "singleton"), lambda container: container.findings())


def test_first_requests(shape):
    """Making what is made once."""

    def prepared(n):
        made = classes(n, shape)
        return bound(made, "singleton"), made

    def request(given):
        container, made = given
        for cls in made:
            container.get(cls)

    assert_linear(prepared, request)


def test_one_request_for_a_whole_graph():
    """The first request for what needs everything else, one link after the other."""
    assert_linear(
        lambda n: (bound(made := classes(n, "chain"), "singleton"), made[-1]), lambda given: given[0].get(given[1])
    )


def test_check_is_part_of_the_first_requests():
    """What was worked out to check a graph is not worked out again to make what it describes."""
    made = classes(20, "web")
    container = bound(made, "singleton")
    container.check()
    edges = {cls: container.engine.graph.edges(container.engine.graph.bindings[cls]) for cls in made[1:]}

    for cls in made:
        container.get(cls)

    assert all(container.engine.graph.edges(container.engine.graph.bindings[cls]) is edges[cls] for cls in edges)


def test_nothing_is_compiled_for_what_is_made_once():
    """The first request for a singleton compiles nothing, whatever its parameters are called."""

    class Settings: ...

    class Service:
        def __init__(self, a_name_that_nothing_else_has: Settings, *, another: Settings) -> None:
            self.settings = a_name_that_nothing_else_has, another

    container = bound([Settings, Service], "singleton")
    before = {name for name in linecache.cache if name.startswith("<tenure")}

    service = container.get(Service)

    assert service.settings == (container.get(Settings), container.get(Settings))
    assert {name for name in linecache.cache if name.startswith("<tenure")} == before


def test_bytes_per_singleton():
    """What is kept of a singleton, built, checked and made, is bounded; its own object included."""
    n = 1000
    warm = classes(10, "web")
    used = bound(warm, "singleton")
    for cls in warm:
        used.get(cls)
    made = classes(n, "web")
    gc.collect()
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        container = bound(made, "singleton")
        container.check()
        for cls in made:
            container.get(cls)
        gc.collect()
        kept = tracemalloc.get_traced_memory()[0] - before
    finally:
        tracemalloc.stop()

    assert kept / n < 2_000
