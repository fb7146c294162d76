"""Containers that are closed from inside: by opening code, by the body of their own `async with`, while others open."""

from collections.abc import AsyncIterator, Iterator

import pytest
import trio

from tenure import Container, resource
from tenure.errors import AsyncInSyncError, CloseError, ContainerClosedError, ResourceEndedError
from tests.engine.support import TrioWorld, checkpoint

ASYNC = pytest.mark.worlds("asyncio", "trio")


class A:
    """A resource."""


class B:
    """Another one."""


# closed and started again inside the body


def test_container_started_again_leaves_its_cancel_scope():
    """What is closed and started inside `async with container` leaves the cancel scope that it entered."""

    async def main():
        container = Container()
        with trio.CancelScope() as around:
            async with container:
                await container.aclose()
                await container.start()
        assert not around.cancelled_caught

    TrioWorld().run(main)


@ASYNC
async def test_task_of_a_second_life_that_fails_cancels_the_body(world):
    """L56: the body is cancelled for what was opened after a restart inside it as well."""
    container, broken = Container(), []

    @resource(scope="singleton")
    async def open_a() -> AsyncIterator[A]:
        if broken:
            container.engine.root.crash(ResourceEndedError("A", None))
        yield A()

    container.bind(open_a)
    with pytest.raises(ResourceEndedError):
        async with container:
            await container.aclose()
            broken.append(True)
            await container.start()
            await world.forever()
            raise AssertionError("the body goes on")

    assert repr(container).startswith("<Container closed")


@ASYNC
async def test_cancelled_body_that_starts_again_is_told_why(world):
    """L56: what a resource's own task failed of is raised although another life began before the body ended."""
    container = Container()

    @resource(scope="singleton")
    async def open_a() -> AsyncIterator[A]:
        yield A()

    container.bind(open_a)
    with pytest.raises(ResourceEndedError):
        async with container:
            container.engine.root.crash(ResourceEndedError("A", None))
            try:
                await world.forever()
            finally:
                await container.aclose()
                await container.start()


# closed without a loop while others open


@ASYNC
async def test_closing_that_would_wait_for_the_loop_is_refused(world):
    """Opening code that calls `close()` while another task opens something gets an error; its loop would stop."""
    container, opened, closed = Container(), [], []

    @resource(scope="singleton")
    def open_a() -> Iterator[A]:
        container.close()
        yield A()

    @resource(scope="singleton")
    async def open_b() -> AsyncIterator[B]:
        await checkpoint()
        opened.append("B")
        try:
            yield B()
        finally:
            closed.append("B")

    container.bind(open_b)
    container.bind(open_a)
    with pytest.raises(AsyncInSyncError) as caught:
        async with container:
            raise AssertionError("it did not start")

    assert "B" in str(caught.value)
    assert "aclose()" in str(caught.value)
    assert closed == opened  # trio may let B begin, or not


@ASYNC
async def test_closing_alone_from_inside_an_opening_still_goes(world):
    """Where nothing else is being opened, opening code may close its container: what it opens is closed at once."""
    container, log = Container(), []

    @resource(scope="singleton")
    def open_a() -> Iterator[A]:
        container.close()
        yield A()
        log.append("closed")

    container.bind(open_a)
    with pytest.raises(ContainerClosedError):
        await container.aget(A)

    assert log == ["closed"]


@ASYNC
async def test_closing_that_would_wait_for_a_scope_inside_loses_nothing(world):
    """`close()` while a request of this loop opens something is refused before anything happens (L51)."""
    container, log, may = Container(), [], world.event()

    @resource(scope="singleton")
    def open_a() -> Iterator[A]:
        yield A()
        log.append("A closed")

    @resource(scope="request")
    async def open_b() -> AsyncIterator[B]:
        await may.wait()
        yield B()
        log.append("B closed")

    async def request():
        async with container.resource_scope("request") as scope:
            await scope.aget(B)

    container.bind(open_a)
    container.bind(open_b)
    await container.aget(A)
    async with world.tasks() as tasks:
        job = tasks.start(request)
        await world.settle()
        with pytest.raises(AsyncInSyncError):
            container.close()
        assert log == []
        may.set()
        await job.wait()
    await container.aclose()

    assert job.error is None
    assert log == ["B closed", "A closed"]


# objects whose own opening closes what they belong to


def _closing_class(container, log, *, fails=False):
    @resource(scope="request")
    class Closing:
        async def initialize(self) -> None:
            log.append("open")
            await checkpoint()
            await container.aclose()

        async def dispose(self) -> None:
            await self.say()
            await checkpoint()
            if fails:
                raise OSError("broken")

        async def say(self) -> None:
            log.append("close")

    return Closing


@ASYNC
@pytest.mark.parametrize("is_owned", [False, True])
async def test_object_that_closes_its_scope_while_it_opens_is_closed(world, is_owned):
    """L37: what is open too late for its scope, which its own opening closed, is closed at once, in whatever task."""
    container, log = Container(), []
    closing = _closing_class(container, log)

    @resource(scope="request", shield=is_owned)
    async def open_b(a: closing) -> AsyncIterator[B]:
        yield B()

    container.bind(closing)
    container.bind(open_b)
    with pytest.raises(ContainerClosedError):
        async with container.resource_scope() as scope:
            await scope.aget(B)

    assert log == ["open", "close"]


@pytest.mark.worlds("sync", "asyncio", "trio")
async def test_object_that_closes_its_scope_without_waiting_is_closed(world):
    """L37: the same for classes that open without a loop."""
    container, log = Container(), []

    @resource(scope="request")
    class Closing:
        def initialize(self) -> None:
            log.append("open")
            container.close()

        def dispose(self) -> None:
            log.append("close")

    container.bind(Closing)
    with pytest.raises(ContainerClosedError):
        async with world.inside(container.resource_scope()) as scope:
            await world.get(scope, Closing)

    assert log == ["open", "close"]


@ASYNC
async def test_object_closed_late_tells_what_its_closing_failed_of(world):
    """What the closing raised travels with the error that says why it was closed."""
    container, log = Container(), []
    closing = _closing_class(container, log, fails=True)
    container.bind(closing)
    async with container.resource_scope() as scope:
        with pytest.raises(ContainerClosedError) as caught:
            await scope.aget(closing)
        assert any("OSError: broken" in note for note in caught.value.__notes__)
        with pytest.raises(ContainerClosedError):
            await scope.aget(closing)
        scope.cut_off = None

    assert log == ["open", "close"]


@ASYNC
async def test_instance_that_closes_the_container_while_it_opens_is_closed(world):
    """L37: the same for what the user made and bound, which the root holds."""
    container, log = Container(), []

    @resource
    class Closing:
        async def initialize(self) -> None:
            log.append("open")
            await container.aclose()

        async def dispose(self) -> None:
            log.append("close")

    container.bind(Closing, Closing())
    with pytest.raises((ContainerClosedError, CloseError)):
        await container.aget(Closing)

    assert log == ["open", "close"]


# scopes of one name inside one another


@ASYNC
@pytest.mark.parametrize("below", [False, True])
async def test_resource_of_an_outer_scope_of_the_same_name_does_not_count(world, below):
    """A named lifetime is that of the nearest scope of the name: what an outer one holds is no value for `get`."""
    container = Container()

    @resource(scope="request")
    async def open_a() -> AsyncIterator[A]:
        yield A()

    class Above:
        def __init__(self, a: A) -> None:
            self.a = a

    container.bind(open_a)
    container.bind(Above)
    key = Above if below else A
    async with container.resource_scope("request"):
        outer = await container.aget(key)
        async with container.resource_scope("request"):
            with pytest.raises(AsyncInSyncError) as caught:
                container.get(key)
            assert "aget" in str(caught.value)
            inner = await container.aget(key)
            async with container.resource_scope():
                assert container.get(A) is (inner.a if below else inner)
        assert container.get(A) is (outer.a if below else outer)
    assert (inner.a if below else inner) is not (outer.a if below else outer)


def test_long_chain_of_an_outer_scope_of_the_same_name_is_made_ready():
    """What an outer scope of the name holds does not keep a long chain from being made one by one in the inner one."""
    container, classes = Container(), [A]
    container.bind(A, scope="request")
    for number in range(1500):
        below = classes[-1]
        cls = type(f"Link{number}", (), {"__init__": _taking(below)})
        container.bind(cls, scope="request")
        classes.append(cls)

    with container.resource_scope("request"):
        outer = container.get(classes[-1])
        with container.resource_scope("request"):
            assert container.get(classes[-1]) is not outer


def _taking(below):
    def __init__(self, below):
        self.below = below

    __init__.__annotations__ = {"below": below, "return": None}
    return __init__
