"""Cost grows with the number of providers and of what refers to what, no faster: counted in lines, not in time."""

import asyncio
import types

import pytest
import trio

from tenure import containers, providers
from tenure.wiring import Provide, inject
from tests.providers.support import Thing
from tests.scale.support import (
    LARGE,
    SHAPES,
    SMALL,
    Counter,
    app_of,
    assert_linear,
    class_of,
    described,
    late,
    opening,
    shut,
)


@pytest.fixture(params=list(SHAPES))
def shape(request):
    return request.param


@pytest.fixture(params=[asyncio.run, trio.run], ids=["asyncio", "trio"])
def run(request):
    return request.param


def test_quadratic_costs_are_seen():
    """The measure itself: a loop in a loop is told from a loop."""

    def loops(n):
        for _ in range(n):
            for _ in range(n):
                pass

    with pytest.raises(AssertionError):
        assert_linear(lambda n: n, loops)


def test_describing(shape):
    """Making providers."""
    assert_linear(lambda n: n, lambda n: described(n, shape))


def test_defining(shape):
    """Making the class of a container."""
    assert_linear(lambda n: described(n, shape), class_of)


def test_filling():
    """Adding providers to a dynamic container one by one."""

    def fill(n):
        app = containers.DynamicContainer()
        for name, provider in described(n, "chain").items():
            setattr(app, name, provider)

    assert_linear(lambda n: n, fill)


def test_instantiating(shape):
    """Making an instance: a copy of every provider."""
    assert_linear(lambda n: class_of(described(n, shape)), lambda cls: cls())


def test_starting(shape):
    """Opening every resource."""
    assert_linear(lambda n: app_of(n, shape), lambda app: app.init_resources(), shut)


def test_shutting_down(shape):
    """Closing every resource."""

    def started(n):
        app = app_of(n, shape)
        app.init_resources()
        return app

    assert_linear(started, shut)


def test_starting_and_shutting_down_with_a_loop(shape, run):
    """The same asynchronously, independent ones at the same time."""

    async def live(app):
        async with app:
            pass

    assert_linear(lambda n: app_of(n, shape, late), lambda app: run(live, app) if run is trio.run else run(live(app)))


def test_asking_for_the_last(shape):
    """Calling the one that needs most."""
    assert_linear(
        lambda n: app_of(n, shape, Thing, providers.Singleton), lambda app: list(app.providers.values())[-1]()
    )


def test_overriding_a_container():
    """Replacing every provider by those of another container, and putting all back."""

    def act(pair):
        pair[0].override(pair[1])
        pair[0].reset_last_overriding()

    assert_linear(lambda n: (app_of(n, "wide"), app_of(n, "wide")), act)


def test_asking_one_after_the_other(shape):
    """Calling every provider when nothing is open yet."""

    def ask(app):
        for provider in app.providers.values():
            provider()

    assert_linear(lambda n: app_of(n, shape), ask, shut)


def test_singletons(shape):
    """Making every singleton."""

    def ask(app):
        for provider in app.providers.values():
            provider()

    assert_linear(lambda n: app_of(n, shape, Thing, providers.Singleton), ask)


@pytest.mark.parametrize("which", [0, -1])
def test_overriding_one(shape, which):
    """Replacing one, asking for everything, putting it back, asking again."""

    def made(n):
        app = app_of(n, shape, Thing, providers.Singleton)
        for provider in app.providers.values():
            provider()
        return app

    def act(app):
        with list(app.providers.values())[which].override(providers.Object("mine")):
            for provider in app.providers.values():
                provider()
        for provider in app.providers.values():
            provider()

    assert_linear(made, act)


def test_checking(shape):
    """Looking for findings."""
    assert_linear(lambda n: app_of(n, shape), lambda app: app.check())


def test_shutting_down_one(shape):
    """Shutting the first one down with everything that depends on it, asking for the last one."""

    def started(n):
        app = app_of(n, shape)
        app.init_resources()
        return app

    def act(app):
        app.p0.shutdown()
        list(app.providers.values())[-1]()

    assert_linear(started, act, shut)


def test_a_request_costs_what_it_uses():
    """Entering and leaving a scope, with one resource opened: the same however many are declared."""
    counted = []
    for n in (SMALL, LARGE):
        app = app_of(n, "wide")
        for _ in range(3):  # the third one finds everything imported and compiled
            with Counter() as counter, app.resource_scope() as scope:
                scope.get(app.p0)
        counted.append(counter.n)

    assert counted[0] == counted[1]


def test_many_requests():
    """What a scope leaves behind does not make the next one dearer."""

    def requests(n):
        app = app_of(3, "chain")
        for _ in range(n):
            with app.resource_scope() as scope:
                scope.get("p2")

    assert_linear(lambda n: n, requests)


def test_wiring():
    """Wiring a module with a function for each provider."""

    def prepared(n):
        module = types.ModuleType("wired_by_scale")
        for i in range(n):

            @inject
            def function(value=Provide[f"p{i}"]):
                return value

            function.__module__ = module.__name__
            setattr(module, f"f{i}", function)
        return app_of(n, "wide"), module

    def act(pair):
        app, module = pair
        app.wire(modules=[module])
        app.unwire()

    assert_linear(prepared, act)


def test_joining():
    """Linking two containers that are in use."""

    def made(n):
        pair = app_of(n, "wide"), app_of(n, "wide")
        for app in pair:
            app.init_resources()
        return pair

    def act(pair):
        pair[0].both = providers.Factory(Thing, pair[0].p0, pair[1].p0)
        pair[0].both()

    assert_linear(made, act, lambda pair: [shut(app) for app in pair])


def test_containers_in_a_row():
    """Each with the one before inside it."""

    def nested(n):
        inner = class_of({"p": providers.Resource(opening)})
        for _ in range(n // 10):
            fields = {"inner": (link := providers.Container(inner)), "p": providers.Resource(opening, link.p)}
            inner = class_of(fields)
        return inner

    assert_linear(nested, lambda cls: cls())
