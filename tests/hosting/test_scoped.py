"""What integrations of messages stand on: a scope that is shown errors, and calls that are counted."""

import threading

import anyio
import pytest

from tenure import Container, resource
from tenure.errors import CloseError
from tenure.hosting.scoped import called, note, scoped
from tenure.hosting.under_way import UnderWay

pytestmark = pytest.mark.anyio


class Thing:
    """What is opened."""


class Framework(Exception):
    """What a framework makes of an error."""


@pytest.fixture
def seen():
    return []


@pytest.fixture
def container(seen):
    async def thing():
        try:
            yield Thing()
        except BaseException as error:
            seen.append(type(error).__name__)
            raise
        seen.append("well")

    container = Container()
    container.bind(Thing, thing, scope="request")
    return container


async def test_it_returns_what_the_call_returns(container, seen):
    """Also None, and the resources see that all is well."""

    async def call():
        await container.aget(Thing)

    assert await called(container, "request", {}, call) is None
    assert seen == ["well"]


async def test_it_raises_what_the_call_raises(container, seen):
    """The resources see what was noted first."""

    async def call():
        await container.aget(Thing)
        note(ZeroDivisionError())
        note(KeyError())
        raise Framework

    with pytest.raises(Framework):
        await called(container, "request", {}, call)
    assert seen == ["ZeroDivisionError"]


async def test_an_error_that_was_answered_for(container, seen):
    """It is shown, and goes no further."""

    async def call():
        await container.aget(Thing)
        note(ZeroDivisionError())
        return "answer"

    assert await called(container, "request", {}, call) == "answer"
    assert seen == ["ZeroDivisionError"]


@pytest.mark.parametrize("is_noted", [False, True])
async def test_closing_that_fails(container, seen, is_noted):
    """It is told, with an answer and without."""

    class Failing: ...

    async def failing():
        try:
            yield Failing()
        finally:
            raise OSError

    container.bind(Failing, failing, scope="request")

    async def call():
        await container.aget(Failing)
        if is_noted:
            note(ZeroDivisionError())
        return "lost"

    with pytest.raises(ExceptionGroup) as raised:
        await called(container, "request", {}, call)
    assert [type(error) for error in raised.value.exceptions] == [OSError]
    assert isinstance(raised.value, CloseError)


async def test_a_resource_that_swallows(container):
    """There is no answer, so that the error goes on."""

    class Swallowing: ...

    @resource(scope="request", suppress=True)
    async def swallowing() -> Swallowing:
        try:
            yield Swallowing()
        except ZeroDivisionError:
            pass

    container.bind(Swallowing, swallowing, scope="request")

    async def call():
        await container.aget(Swallowing)
        return 1 / 0

    with pytest.raises(ZeroDivisionError):
        await called(container, "request", {}, call)


async def test_a_cancelled_call(container, seen):
    """Its resources see that, and the one who cancelled goes on."""

    async def call():
        await container.aget(Thing)
        scope.cancel()
        await anyio.sleep_forever()

    with anyio.CancelScope() as scope:
        await called(container, "request", {}, call)
    assert scope.cancelled_caught
    assert seen in (["CancelledError"], ["Cancelled"])


async def test_nobody_listens():
    """An error outside of messages is nobody's here."""
    note(ZeroDivisionError())


async def test_a_message_within_another(container, seen):
    """Each has its own outcome."""
    async with scoped(container, "request", {}):
        await container.aget(Thing)
        async with scoped(container, "request", {}) as inner:
            note(ZeroDivisionError())
        assert inner.error is not None

    assert seen == ["well"]


async def test_nothing_is_under_way():
    """There is nothing to wait for."""
    under_way = UnderWay()
    under_way.block(0)
    await under_way.wait(None)


async def test_waiting_for_what_is_under_way(seen):
    """From a thread and from a task, until the last one has ended."""
    under_way, waits = UnderWay(), threading.Event()

    def block():
        under_way._then(waits.set)
        under_way.block(20)
        seen.append("thread")

    async def wait():
        await under_way.wait(20)
        seen.append("task")

    async with anyio.create_task_group() as tasks:
        with under_way:
            with under_way:
                thread = threading.Thread(target=block)
                thread.start()
                tasks.start_soon(wait)
                await anyio.sleep(0)
            assert seen == []
    thread.join(20)

    assert sorted(seen) == ["task", "thread"]
    assert waits.is_set()


async def test_what_does_not_end():
    """It is waited for no longer than that."""
    under_way = UnderWay()
    with under_way:
        under_way.block(0.001)
        await under_way.wait(0.001)


async def test_waiting_that_is_cancelled():
    """It goes on until its time, and is cancelled then."""
    under_way = UnderWay()
    with under_way, anyio.CancelScope() as scope:
        scope.cancel()
        await under_way.wait(0.001)
    assert scope.cancelled_caught
