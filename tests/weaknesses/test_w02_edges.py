"""W2: the order of dependencies is lost through any provider that is no resource."""

import pytest

from tests.weaknesses.support import Holds, Thing, contrast, opening


def holder(*args, **kwargs):
    return args, kwargs


def same(thing):
    return thing


BETWEEN = {
    "factory": lambda providers, a: providers.Factory(holder, a),
    "keyword of a factory": lambda providers, a: providers.Factory(holder, a=a),
    "factory of a factory": lambda providers, a: providers.Factory(holder, providers.Factory(holder, a)),
    "attribute of a factory": lambda providers, a: factory_with_attribute(providers, a),
    "singleton": lambda providers, a: providers.Singleton(holder, a),
    "callable": lambda providers, a: providers.Callable(same, a),
    "list": lambda providers, a: providers.List(a),
    "dict": lambda providers, a: providers.Dict(a=a),
    "selector": lambda providers, a: providers.Selector(lambda: "only", only=a),
    "aggregate": lambda providers, a: providers.Singleton(holder, providers.List(a, a)),
    "attribute": lambda providers, a: a.provided.name,
    "called method": lambda providers, a: a.provided.name.upper.call(),
}


def factory_with_attribute(providers, a):
    factory = providers.Factory(Thing, "holder")
    factory.add_attributes(a=a)
    return factory


def wrong_orders(build, count=120):
    """How many of *count* containers, all kept alive, close `a` before `b`, which needs it."""
    kept = []
    wrong = 0
    for number in range(count):
        log = []
        container = build(log)
        kept.append((container, [object() for _ in range(number % 7)]))
        container.init_resources()
        container.shutdown_resources()
        wrong += log.index("-a") < log.index("-b")
    return wrong


@pytest.mark.parametrize("between", BETWEEN)
@contrast(theirs=Holds(lambda wrong: wrong > 0, "some closed too early"), ours=0)
def test_a_dependency_closes_after_what_needs_it_through_any_provider(library, between):
    """W2, L18: a resource closes before what it reaches through a factory, a singleton, a list, or others."""

    def build(log):
        a = library.resource(opening(log, "a"))
        b = library.resource(opening(log, "b"), BETWEEN[between](library.providers, a))
        return library.container(a=a, b=b)

    return wrong_orders(build)


@contrast(theirs=Holds(lambda wrong: wrong > 0, "some closed too early"), ours=0)
def test_a_dependency_closes_after_what_needs_it_in_a_container_inside(library):
    """W2, L18: a resource that a nested container is given closes after the nested resource that needs it."""

    def build(log):
        given = library.providers.Dependency()
        inner = library.declare(given=given, b=library.resource(opening(log, "b"), given))
        a = library.resource(opening(log, "a"))
        return library.container(a=a, inner=library.providers.Container(inner, given=a))

    return wrong_orders(build)


@contrast(theirs=Holds(lambda wrong: wrong > 0, "some closed too early"), ours=0)
def test_a_dependency_found_at_run_time_counts(library):
    """W2, L20: a resource whose opening calls a provider closes before what it got."""

    def build(log):
        a = library.resource(opening(log, "a"))

        def opens(get_a):
            get_a()
            yield from opening(log, "b")()

        return library.container(a=a, b=library.resource(opens, a.provider))

    return wrong_orders(build)
