"""`inject`: four kinds of functions, with and without a scope of their own, and what callers see (section 5)."""

import contextvars
import gc
import inspect
import weakref
from typing import Annotated

import pytest

from tenure import Container, Inject, inject, resource, scoped
from tenure.errors import BindingError, ContainerClosedError, ScopeError, ScopeNotOpenError
from tests.engine.support import Fault

ASYNC = pytest.mark.worlds("asyncio", "trio")


class Settings:
    def __init__(self):
        self.name = "settings"


def bound(story, world, scope=None):
    container = Container()
    key = story.add(container, "A", kind="async generator" if world.is_async else "generator", scope=scope)
    return container, key


@pytest.mark.parametrize("scope", [None, "call", "request"])
async def test_functions(world, story, scope):
    """A function gets its parameters at each call; with a scope of its own, what it needs is closed at its end."""
    container, key = bound(story, world)
    seen = []

    if world.is_async:

        async def work(x, value: Annotated[key, Inject()], *, y=2):
            seen.append((x, value.name, y, list(story.live)))
            return x

    else:

        def work(x, value: Annotated[key, Inject()], *, y=2):
            seen.append((x, value.name, y, list(story.live)))
            return x

    function = inject(work, container=container, scope=scope)
    results = [function(1), function(2, y=3)]
    if world.is_async:
        results = [await result for result in results]
    at_end = list(story.log)
    await world.close(container)

    assert results == [1, 2]
    assert seen == [(1, "A", 2, ["A"]), (2, "A", 3, ["A"])]
    assert at_end == (["open A"] if scope is None else ["open A", "close A"] * 2)


@pytest.mark.parametrize("scope", [None, "call"])
async def test_generators(world, story, scope):
    """A generator keeps what it needs open as long as it runs; send and throw reach it."""
    container, key = bound(story, world)

    if world.is_async:

        async def numbers(value: Annotated[key, Inject()]):
            got = yield value.name
            try:
                yield got
            except Fault as error:
                yield error

    else:

        def numbers(value: Annotated[key, Inject()]):
            got = yield value.name
            try:
                yield got
            except Fault as error:
                yield error

    function = inject(numbers, container=container, scope=scope)
    assert inspect.isasyncgenfunction(function) if world.is_async else inspect.isgeneratorfunction(function)
    generator = function()
    error = Fault("thrown")
    if world.is_async:
        items = [await anext(generator), await generator.asend("sent"), await generator.athrow(error)]
        inside = list(story.live)
        await generator.aclose()
    else:
        items = [next(generator), generator.send("sent"), generator.throw(error)]
        inside = list(story.live)
        generator.close()
    at_end = list(story.log)
    await world.close(container)

    assert items == ["A", "sent", error]
    assert inside == ["A"]
    assert at_end == (["open A"] if scope is None else ["open A", "close A"])


async def test_a_generator_that_fails(world, story):
    """L13: the error of a generator's body is shown to what its scope owns, and leaves as itself."""
    container, key = bound(story, world)
    error = Fault("body")

    if world.is_async:

        @inject(container=container, scope="call")
        async def numbers(value: Annotated[key, Inject()]):
            yield 1
            raise error

        with pytest.raises(Fault) as caught:
            async for _ in numbers():
                pass
    else:

        @inject(container=container, scope="call")
        def numbers(value: Annotated[key, Inject()]):
            yield 1
            raise error

        with pytest.raises(Fault) as caught:
            list(numbers())

    assert caught.value is error
    assert story.told["A"] is error
    assert story.log == ["open A", "close A"]


async def test_a_suspended_generator_is_not_in_the_consumers_way(world, story):
    """Section 9: the scope of a suspended generator is not current for the code that consumes it."""
    container, key = bound(story, world)

    if world.is_async:

        @inject(container=container, scope="call")
        async def numbers(value: Annotated[key, Inject()]):
            yield value

        generator = numbers()
        inner = await anext(generator)
        mine = await container.aget(key)
        await generator.aclose()
    else:

        @inject(container=container, scope="call")
        def numbers(value: Annotated[key, Inject()]):
            yield value

        generator = numbers()
        inner = next(generator)
        mine = container.get(key)
        generator.close()
    at_end = list(story.live)
    await world.close(container)

    assert mine is not inner
    assert at_end == ["A"]


async def test_interleaved_generators(world, story):
    """Section 6: two generators that run interleaved keep their own scopes, and leave nothing behind."""
    container, key = bound(story, world, scope="call")

    if world.is_async:

        @inject(container=container, scope="call")
        async def numbers(value: Annotated[key, Inject()]):
            for number in range(3):
                yield value, number, list(story.live)

        one, two = numbers(), numbers()
        first, second = await anext(one), await anext(two)
        await one.aclose()
        third = await anext(two)
        await two.aclose()
    else:

        @inject(container=container, scope="call")
        def numbers(value: Annotated[key, Inject()]):
            for number in range(3):
                yield value, number, list(story.live)

        one, two = numbers(), numbers()
        first, second = next(one), next(two)
        one.close()
        third = next(two)
        two.close()

    assert first[0] is not second[0]
    assert third[0] is second[0]
    assert third[2] == ["A"]
    async with world.inside(container.resource_scope()):
        pass
    assert story.live == []


async def test_the_current_scope_serves(world, story):
    """Without a container of its own an injected function is served by the scope that is current at the call."""
    container, key = bound(story, world, scope="request")

    if world.is_async:

        @inject
        async def work(value: key = Inject[key]):
            return value

    else:

        @inject
        def work(value: key = Inject[key]):
            return value

    async with world.inside(container.resource_scope()):
        mine = await world.get(container, key)
        result = work()
        assert (await result if world.is_async else result) is mine
    with pytest.raises(ScopeError, match="container"):
        await work() if world.is_async else work()


async def test_a_callers_argument_wins(world):
    """A caller's own keyword argument is left alone, and nothing is made for it."""
    container = Container()

    @inject(container=container)
    def work(a, settings: Annotated[Settings, Inject()], missing: Annotated["Missing", Inject()] = 3):  # noqa: F821
        return a, settings, missing

    assert work(1, settings="mine", missing=4) == (1, "mine", 4)


def test_signatures_show_only_the_other_parameters():
    """Callers see a signature and annotations without the injected parameters."""
    container = Container()

    @inject(container=container)
    def work(
        a: int, settings: Annotated[Settings, Inject()], b: str = "b", *, other: Settings = Inject[Settings]
    ) -> bool:
        """Work."""

    signature = inspect.signature(work)

    assert str(signature) == "(a: int, b: str = 'b') -> bool"
    assert set(work.__annotations__) == {"a", "b", "return"}
    assert work.__doc__ == "Work."
    assert work.__name__ == "work"


def test_kinds_are_kept():
    """An injected function is of the same kind as before."""
    container = Container()

    def plain(s: Annotated[Settings, Inject()]): ...
    async def coroutine(s: Annotated[Settings, Inject()]): ...
    def generator(s: Annotated[Settings, Inject()]):
        yield

    async def async_generator(s: Annotated[Settings, Inject()]):
        yield

    wrapped = [inject(f, container=container) for f in (plain, coroutine, generator, async_generator)]

    assert [inspect.iscoroutinefunction(f) for f in wrapped] == [False, True, False, False]
    assert [inspect.isgeneratorfunction(f) for f in wrapped] == [False, False, True, False]
    assert [inspect.isasyncgenfunction(f) for f in wrapped] == [False, False, False, True]


def test_methods_can_be_injected():
    """Methods are functions like any other: `self` stays the first parameter."""
    container = Container()

    class Handler:
        @inject(container=container)
        def handle(self, number, settings: Annotated[Settings, Inject()]):
            return self, number, settings.name

    handler = Handler()

    assert handler.handle(7) == (handler, 7, "settings")


def test_what_cannot_be_injected():
    """inject refuses what is no function, and a marker that says nothing."""
    with pytest.raises(BindingError):
        inject(Settings)
    with pytest.raises(BindingError, match="annotation"):

        @inject
        def work(settings=Inject()):
            pass


def test_check_sees_injected_functions():
    """check reports what an injected function asks for and nobody can give."""
    container = Container()

    @inject(container=container)
    def work(missing: Annotated[int, Inject()]): ...

    assert [finding.kind for finding in container.findings() if finding.level == "error"] == ["uninjectable"]


async def test_a_marker_never_reaches_the_body(world):
    """Section 6: where a value cannot be had the call raises; the body never sees a marker."""
    container = Container()
    log = []

    @inject(container=container)
    def work(missing: str = Inject[str]):
        log.append(missing)

    with pytest.raises(LookupError, match="str"):
        work()

    assert log == []


@ASYNC
async def test_a_scope_per_call_under_concurrency(world, story):
    """Section 6: concurrent calls have scopes of their own: nobody closes what another one uses."""
    container, key = bound(story, world, scope="call")
    gate = world.event()

    @inject(container=container, scope="call")
    async def work(value: Annotated[key, Inject()]):
        await gate.wait()
        return value, "A" in story.live

    async with world.tasks() as tasks:
        jobs = [tasks.start(work) for _ in range(10)]
        await world.settle()
        gate.set()

    assert len({id(job.value[0]) for job in jobs}) == 10
    assert all(job.value[1] for job in jobs)
    assert story.live == []


async def test_a_closed_container_is_refused(world):
    """L50: an injected function of a closed container raises before its body runs."""
    container = Container()
    container.bind(Settings, scope="singleton")
    log = []

    @inject(container=container, scope="call")
    def work(settings: Annotated[Settings, Inject()]):
        log.append(settings)

    await world.close(container)
    with pytest.raises(ContainerClosedError):
        work()

    assert log == []


async def test_nested_injected_calls(world, story):
    """A call inside a call has a scope of its own inside the first one's."""
    container, key = bound(story, world, scope="call")

    if world.is_async:

        @inject(container=container, scope="call")
        async def inner(value: Annotated[key, Inject()]):
            return value

        @inject(container=container, scope="call")
        async def outer(value: Annotated[key, Inject()]):
            other = await inner()
            return value, other, list(story.live)

        result = await outer()
    else:

        @inject(container=container, scope="call")
        def inner(value: Annotated[key, Inject()]):
            return value

        @inject(container=container, scope="call")
        def outer(value: Annotated[key, Inject()]):
            other = inner()
            return value, other, list(story.live)

        result = outer()

    assert result[0] is not result[1]
    assert result[2] == ["A"]
    assert story.log == ["open A", "open A", "close A", "close A"]


def test_injected_lists_and_options():
    """`list[T]`, `dict[str, T]` and `T | None` work in injected parameters as in constructors."""
    container = Container()
    container.bind(Settings, name="a")
    container.bind(Settings, name="b")

    @inject(container=container)
    def work(
        every: Annotated[list[Settings], Inject()],
        by_name: Annotated[dict[str, Settings], Inject()],
        maybe: Annotated[str | None, Inject()],
    ):
        return len(every), list(by_name), maybe

    assert work() == (2, ["a", "b"], None)


@scoped
class PerRequest:
    pass


@resource
class Session:
    def __init__(self, request: PerRequest):
        self.request = request

    def dispose(self):
        pass


def test_a_scope_by_name():
    """`scope="request"` opens a request around each call."""
    container = Container()

    @inject(container=container, scope="request")
    def work(session: Annotated[Session, Inject()], request: Annotated[PerRequest, Inject()]):
        assert session.request is request
        return request

    assert work() is not work()


@pytest.mark.worlds("sync")
async def test_a_text_in_the_marker_is_a_key(world):
    """`Inject["name"]` asks for what is bound to that text, as `get` does."""
    container = Container()
    container.bind("name", lambda: "value", scope="request")

    @inject(container=container)
    def work(x=Inject["name"]):
        return x

    with container.resource_scope():
        assert work() == container.get("name") == "value"


@pytest.mark.worlds("sync")
async def test_a_call_passes_on_whatever_the_function_takes(world):
    """Parameters of every kind, with defaults, beside those that are injected; what is wrong is a TypeError."""
    container = Container()
    container.bind(Settings, scope="singleton")

    @inject(container=container)
    def fixed(a, /, b, settings: Annotated[Settings, Inject()], c=3, *, d, e=5):
        return a, b, settings.name, c, d, e

    @inject(container=container)
    def free(a, *more, settings: Annotated[Settings, Inject()], **named):
        return a, more, settings.name, named

    assert fixed(1, 2, d=4) == (1, 2, "settings", 3, 4, 5)
    assert fixed(1, b=2, c=30, d=4, e=50) == (1, 2, "settings", 30, 4, 50)
    assert free(1, 2, 3, x=4) == (1, (2, 3), "settings", {"x": 4})
    other = Settings()
    other.name = "other"
    assert fixed(1, 2, d=4, settings=other)[2] == free(1, settings=other)[2] == "other"
    for wrong in (
        lambda: fixed(1, d=4),
        lambda: fixed(1, 2),
        lambda: fixed(a=1, b=2, d=4),
        lambda: fixed(1, 2, d=4, x=5),
    ):
        with pytest.raises(TypeError, match="fixed"):
            wrong()


@inject
def settings_here(settings: Annotated[Settings, Inject()]):
    return settings


def singletons():
    container = Container()
    container.bind(Settings, scope="singleton")
    return container


async def test_a_container_that_was_entered_serves(world):
    """Where no scope is current, a function that names no container is served by the innermost that was entered."""
    outer, inner = singletons(), singletons()
    async with world.inside(outer):
        async with world.inside(inner):
            assert settings_here() is inner.get(Settings)
            with outer.resource_scope():
                assert settings_here() is outer.get(Settings)
        assert settings_here() is outer.get(Settings)

    with pytest.raises(ScopeError, match="no container was entered"):
        settings_here()


async def test_containers_that_are_left_in_another_order(world):
    """What was left serves no more, whichever was entered last."""
    first, second = singletons(), singletons()
    entered, later = world.inside(first), world.inside(second)
    await entered.__aenter__()
    await later.__aenter__()

    await entered.__aexit__(None, None, None)
    assert settings_here() is second.get(Settings)

    await later.__aexit__(None, None, None)
    with pytest.raises(ScopeError, match="no container was entered"):
        settings_here()


async def test_what_lives_in_a_request_is_not_served_by_a_container(world):
    """It has to have its scope, as everywhere."""
    container = Container()
    container.bind(Settings, scope="request")
    async with world.inside(container):
        with pytest.raises(ScopeNotOpenError):
            settings_here()
        with container.resource_scope() as scope:
            assert settings_here() is scope.get(Settings)


async def test_a_start_that_fails_leaves_no_container_entered(world):
    """Nobody is served by what was not entered."""

    def fails():
        raise Fault("no")
        yield

    container = singletons()
    container.bind("A", resource(scope="singleton")(fails))
    with pytest.raises(Fault):
        await world.inside(container).__aenter__()

    with pytest.raises(ScopeError, match="no container was entered"):
        settings_here()


def test_a_container_that_is_left_is_not_kept_alive():
    """Where it was entered it is not held either, though it was closed elsewhere."""
    container, where = singletons(), contextvars.copy_context()
    where.run(container.__enter__)
    container.close()
    seen = weakref.ref(container)
    del container
    gc.collect()

    assert seen() is None
    with pytest.raises(ScopeError, match="no container was entered"):
        where.run(settings_here)
