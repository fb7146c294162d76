"""The swift way of `async with`, on asyncio: what others see of it while it waits, and where it is left."""

import asyncio
import sys

import anyio
import pytest

from tenure import Container, resource
from tenure.errors import AsyncInSyncError, CircularDependencyError, CloseError, ContainerClosedError, WrongLoopError


class Low:
    """What others need."""


class High:
    """What needs it."""


class Later:
    """What is made by a coroutine."""


class Story:
    """A container with asynchronous resources, one above the other; each step may be held, or fail, by a hook."""

    def __init__(self):
        self.steps = []
        self.container = Container()
        self.hooks = {}

    async def prepare(self):
        async def low():
            await self.note("open low")
            try:
                yield Low()
            finally:
                await self.note("close low")

        async def high(low: Low, later: Later):
            await self.note("open high")
            try:
                yield High()
            finally:
                await self.note("close high")

        async def later():
            await self.note("make later")
            return Later()

        self.container.bind(Low, resource(scope="request")(low))
        self.container.bind(High, resource(scope="request")(high))
        self.container.bind(Later, later, scope="request")
        for _ in range(2):
            async with self.container.resource_scope() as scope:
                await scope.aget(High)
        assert self.container.engine.levels[None].waiting[High] is not None
        self.steps.clear()
        return self

    async def note(self, step):
        self.steps.append(step)
        hook = self.hooks.pop(step, None)
        if hook is not None:
            await hook()

    def hold(self, step):
        """Let *step* wait; return the event that it has begun, and what lets it go on."""
        began, go_on = asyncio.Event(), asyncio.Event()

        async def hook():
            began.set()
            await go_on.wait()

        self.hooks[step] = hook
        return began, go_on

    def fail(self, step, error):
        async def hook():
            raise error

        self.hooks[step] = hook


WHOLE = ["open low", "make later", "open high", "close high", "close low"]
OPENING = ["open low", "make later", "open high"]
CLOSING = ["close high", "close low"]


def told(body):
    """Run *body* with a story that is prepared; return the story."""

    async def main():
        story = await Story().prepare()
        await asyncio.wait_for(body(story), 20)
        return story

    return asyncio.run(main())


def test_it_is_taken():
    """A scope that nobody else looks at stays simple from beginning to end, and makes no region."""

    async def body(story):
        async with story.container.resource_scope() as scope:
            high = await scope.aget(High)
            assert await scope.aget(High) is high
            assert scope.is_simple
        assert scope.is_simple
        assert not story.container.engine.root.children

    assert told(body).steps == WHOLE


@pytest.mark.parametrize("step", OPENING)
def test_another_task_shares_what_is_being_opened(step):
    """It waits for the opening under way and gets the same object; everything is opened once (L2)."""

    async def body(story):
        began, go_on = story.hold(step)
        async with story.container.resource_scope() as scope:

            async def ask():
                await began.wait()
                asyncio.get_running_loop().call_soon(go_on.set)
                return await scope.aget(High)

            other = asyncio.create_task(ask())
            high = await scope.aget(High)
            assert await other is high

    assert told(body).steps == WHOLE


def test_asking_without_waiting_is_refused_where_it_would_stop_the_loop():
    """A synchronous request for what a task of this loop is opening cannot wait for it."""

    async def body(story):
        began, go_on = story.hold("open low")
        async with story.container.resource_scope() as scope:
            opening = asyncio.create_task(asyncio.sleep(0))

            async def ask():
                await began.wait()
                with pytest.raises(AsyncInSyncError):
                    scope.get(Low)
                go_on.set()

            other = asyncio.create_task(ask())
            await scope.aget(High)
            await other
            await opening

    assert told(body).steps == WHOLE


def test_a_task_of_the_opening_code_that_asks_for_it_is_a_circle():
    """It would wait for itself for ever; the first time it did not ask, so that this goes swiftly."""

    async def body(story):
        async with story.container.resource_scope() as scope:

            async def hook():
                async with asyncio.TaskGroup() as tasks:
                    tasks.create_task(scope.aget(Low))

            story.hooks["open low"] = hook
            with pytest.raises(ExceptionGroup) as caught:
                await scope.aget(High)
            assert caught.value.split(CircularDependencyError)[1] is None

    assert told(body).steps == ["open low"]


def test_a_task_that_outlives_the_opening_may_ask_for_the_same():
    """It was started by the opening code of a resource that is made anew each time, and is part of it no longer."""
    container = Container()
    started = []

    async def fresh():
        if is_second:
            started.append(asyncio.create_task(ask()))
        await asyncio.sleep(0)
        yield Low()

    async def ask():
        await may_ask.wait()
        return await container.aget(Low)

    container.bind(Low, resource(scope="transient")(fresh))
    is_second, may_ask = False, asyncio.Event()

    async def main():
        nonlocal is_second
        async with container:
            async with container.resource_scope() as scope:
                await scope.aget(Low)
            is_second = True
            async with container.resource_scope() as scope:
                first = await scope.aget(Low)
                is_second = False
                may_ask.set()
                assert await started[0] is not first

    asyncio.run(main())
    assert len(started) == 1


@pytest.mark.parametrize("step", OPENING)
def test_a_cancelled_opening_leaves_what_is_open_owed(step):
    """What was open is closed when the scope is left; who waited for the rest tries again (L33)."""

    async def body(story):
        began, _ = story.hold(step)

        async def use():
            async with story.container.resource_scope() as scope:
                try:
                    await scope.aget(High)
                except asyncio.CancelledError:
                    asyncio.current_task().uncancel()
                assert await scope.aget(High)

        task = asyncio.create_task(use())
        await began.wait()
        task.cancel()
        await task

    n_done = OPENING.index(step)
    assert told(body).steps == [*OPENING[: n_done + 1], *OPENING[n_done:], *CLOSING]


@pytest.mark.parametrize("step", CLOSING)
def test_a_cancel_while_it_closes_stops_no_other_closing(step):
    """One closing may be interrupted on asyncio; the rest is closed, and the cancellation goes on (L30)."""

    async def body(story):
        began, _ = story.hold(step)

        async def use():
            async with story.container.resource_scope() as scope:
                await scope.aget(High)

        task = asyncio.create_task(use())
        await began.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert not story.container.engine.root.children

    assert told(body).steps == WHOLE


@pytest.mark.parametrize("step", CLOSING)
def test_a_closing_that_fails_stops_no_other(step):
    """Each is closed once, and the error is raised at the end (L24)."""

    async def body(story):
        story.fail(step, ValueError("in vain"))
        with pytest.raises(CloseError) as caught:
            async with story.container.resource_scope() as scope:
                await scope.aget(High)
        assert [str(error) for error in caught.value.exceptions] == ["in vain"]

    assert told(body).steps == WHOLE


@pytest.mark.parametrize("step", CLOSING)
def test_closing_the_container_waits_for_a_scope_that_is_being_left(step):
    """`aclose` of another task begins while the scope closes: it ends after it, and closes nothing twice (L15)."""

    async def body(story):
        began, go_on = story.hold(step)

        async def close():
            await began.wait()
            closing = asyncio.create_task(story.container.aclose())
            await asyncio.sleep(0)
            assert not closing.done()
            go_on.set()
            await closing
            story.steps.append("closed")

        other = asyncio.create_task(close())
        async with story.container.resource_scope() as scope:
            await scope.aget(High)
        await other

    assert told(body).steps == [*WHOLE, "closed"]


@pytest.mark.parametrize("step", OPENING)
def test_closing_the_container_waits_for_what_is_being_opened(step):
    """What it opens is owed and closed (L37); the body of the scope learns of it."""

    async def body(story):
        began, go_on = story.hold(step)

        async def close():
            await began.wait()
            closing = asyncio.create_task(story.container.aclose())
            await asyncio.sleep(0)
            assert not closing.done()
            go_on.set()
            await closing

        other = asyncio.create_task(close())
        with pytest.raises(ContainerClosedError):
            async with story.container.resource_scope() as scope:
                await scope.aget(High)
                await other

    steps = told(body).steps
    assert steps == WHOLE


def test_a_cancelled_scope_of_anyio_around_cuts_no_closing_short(monkeypatch):
    """It cancels again at every wait until it is left: what waits while it closes is shielded from that (L35)."""
    monkeypatch.setitem(sys.modules, "anyio", anyio)

    async def body(story):
        async def hook():
            await asyncio.sleep(0)
            story.steps.append("closed high")

        story.hooks["close high"] = hook
        with anyio.CancelScope() as around:
            async with story.container.resource_scope() as scope:
                await scope.aget(High)
                assert scope.is_simple
                around.cancel()

    assert told(body).steps == [*OPENING, "close high", "closed high", "close low"]


def test_closing_code_may_close_the_container():
    """It does not wait for itself, nor does a task that it starts."""

    async def body(story):
        async def hook():
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(story.container.aclose())

        story.hooks["close high"] = hook
        async with story.container.resource_scope() as scope:
            await scope.aget(High)

    assert told(body).steps == WHOLE


def test_a_task_of_another_gets_owners():
    """Only the task that entered the scope goes swiftly: what another one opens, its own task closes."""

    async def body(story):
        async with story.container.resource_scope() as scope:
            await asyncio.create_task(scope.aget(High))
            assert not scope.is_simple
            assert all(exit_.owner is not None for exit_ in scope.exits.values())

    assert told(body).steps == WHOLE


def test_a_resource_of_another_loop_is_refused():
    """What the root keeps belongs to the loop that it was opened on, also where the scope goes swiftly (L54)."""
    container = Container()

    async def shared():
        yield Low()

    async def own(low: Low):
        yield High()

    container.bind(Low, resource(scope="singleton")(shared))
    container.bind(High, resource(scope="request")(own))

    async def use():
        async with container.resource_scope() as scope:
            return await scope.aget(High)

    async def uses():
        for _ in range(3):
            await use()
        assert container.engine.levels[None].waiting[High] is not None

    first = asyncio.new_event_loop()
    try:
        first.run_until_complete(uses())
        with pytest.raises(WrongLoopError):
            asyncio.run(use())
        first.run_until_complete(container.aclose())
    finally:
        first.close()
