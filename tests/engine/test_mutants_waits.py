"""What small changes showed to be asserted nowhere: waits across threads and loops, circles, and what runs over."""

import asyncio
import contextlib
import gc
import threading
import weakref

import pytest
import trio

from tenure import Container, resource
from tenure.errors import CloseError, ResourceTimeoutError, WrongLoopError
from tenure.lifecycle.backends import running
from tenure.lifecycle.circles import Joining, waits_for_own_code
from tenure.lifecycle.claim import Claim, opening
from tenure.lifecycle.effects import Limited, drive, waited, waited_for
from tenure.lifecycle.latch import Latch
from tests.engine.support import Fault, Story

ASYNC = pytest.mark.worlds("asyncio", "trio")


@ASYNC
async def test_a_thread_wakes_a_task(world):
    """L43: what a thread finishes ends the wait of a task on another thread's loop."""
    latch = Latch()

    async with world.tasks() as tasks:
        job = tasks.start(latch.wait)
        await world.settle()
        threading.Thread(target=latch.set).start()
        await job.wait()

    assert job.error is None
    assert not job.was_cancelled


def test_nobody_is_left_to_wake():
    """L43: a wait that was given up together with its loop harms nobody who opens the latch later."""
    wakes = []

    async def begin():
        wakes.append(running().waiter()[0])

    trio.run(begin)
    asyncio.run(begin())
    latch = Latch()
    for wake in wakes:
        latch.then(wake)

    latch.set()

    assert latch.is_set
    assert not latch.has_waiters


@pytest.mark.worlds("asyncio")
async def test_an_owner_task_that_ended_is_kept_no_longer(world, story):
    """L16: the loop holds tasks weakly, so the owner of each open resource is held; and only that long."""
    container = Container()
    key = story.add(container, "A", kind="async generator", scope="singleton")
    before = set(running()._jobs)

    await container.aget(key)
    held = set(running()._jobs) - before
    await container.aclose()
    await world.settle()

    assert len(held) == 1
    assert not set(running()._jobs) - before


@pytest.mark.worlds("asyncio")
async def test_a_region_ends_in_its_own_task_alone(world):
    """L56: where another task leaves the container, the cancellation of the one that entered it is not taken back."""
    region_of = []
    entered, end = asyncio.Event(), asyncio.Event()

    async def enter():
        region_of.append(running().region())
        entered.set()
        with contextlib.suppress(asyncio.CancelledError):
            await end.wait()

    async with world.tasks() as tasks:
        job = tasks.start(enter)
        await entered.wait()
        region_of[0].cancel()
        fault = Fault("body")
        assert await region_of[0].end(fault) is fault
        assert await region_of[0].end(None) is None
        await job.wait()

    assert job.task.cancelling() == 1


def test_a_resource_of_another_trio_run_is_refused():
    """L54: the error names both runs, of trio as well."""
    story, container, tokens = Story(), Container(), []
    key = story.add(container, "A", kind="async generator", scope="singleton")

    async def use():
        tokens.append(running().token())
        with pytest.raises(WrongLoopError) as caught:
            await container.aget(key)
        assert [f"the trio run {id(token):#x}" for token in tokens] == [caught.value.opened_on, caught.value.used_on]

    async def main():
        tokens.append(running().token())
        await container.aget(key)
        await trio.to_thread.run_sync(trio.run, use)
        await container.aclose()

    trio.run(main)

    assert story.closes == ["A"]


def a_claim():
    container = Container()
    container.bind("key", resource(scope="singleton")(lambda: iter(())))
    return Claim(container.engine.graph.require("key"), None)


@ASYNC
async def test_who_waited_waits_no_more(world):
    """L38: a wait that is over is none of the waits that a circle can be made of."""
    ended, mine = a_claim(), a_claim()
    token = opening.set((mine,))
    try:
        async with world.tasks() as tasks:
            job = tasks.start(Joining(ended).wait)
            await world.settle()
            assert mine.waits_for == {ended}
            ended.succeed()
            await job.wait()
        assert not mine.waits_for
        Joining(ended).block()
        assert not mine.waits_for
    finally:
        opening.reset(token)

    assert not ended.is_waited_for


def test_which_claims_wait_for_the_running_code():
    """L39: whatever waits, through others, for the opening that this code is part of; nothing else."""
    mine, other, third, apart = a_claim(), a_claim(), a_claim(), a_claim()
    other.wait_for(mine)
    third.wait_for(other)
    token = opening.set((mine,))
    try:
        found = [waits_for_own_code(claim) for claim in (other, third, apart)]
    finally:
        opening.reset(token)

    assert found == [True, True, False]
    assert not waits_for_own_code(other)


def test_a_failed_opening_keeps_no_error():
    """L16: nobody waited for it, so it is gone as soon as its caller lets go of it, without the collector."""
    container = Container()

    @resource(scope="singleton")
    def failing():
        raise Fault("no")
        yield

    container.bind("failing", failing)
    gc.disable()
    try:
        try:
            container.get("failing")
        except Fault as error:
            seen = weakref.ref(error)
        assert seen() is None
    finally:
        gc.enable()


async def test_a_plain_closing_within_its_limit(world, story):
    """L62: one that ends in time is waited for, and what it raises in time is raised where the close was asked for."""
    container, moment = Container(), threading.Event()

    @resource(scope="singleton", close_timeout=30)
    def lasting():
        yield "lasting"
        moment.wait(0.05)
        story.log.append(f"closed {threading.current_thread().name}")

    @resource(scope="singleton", close_timeout=30)
    def failing():
        yield "failing"
        raise Fault("in time")

    container.bind("lasting", lasting)
    container.bind("failing", failing)
    await world.get(container, "lasting")
    await world.get(container, "failing")
    with pytest.raises(CloseError) as caught:
        await world.close(container)

    assert [str(error) for error in caught.value.exceptions] == ["in time"]
    assert caught.value.exceptions[0].__notes__[0].startswith("while closing 'failing' (")
    assert story.log == ["closed tenure close"]


async def test_an_abandoned_closing_that_fails_is_told(world, monkeypatch):
    """L29, L62: the error of a plain closing that was given up has no caller, and goes to `sys.unraisablehook`."""
    container, gate, told = Container(), threading.Event(), []
    fault = Fault("too late")

    @resource(scope="singleton", close_timeout=0.01)
    def hung():
        yield "hung"
        gate.wait(5)
        raise fault

    monkeypatch.setattr("sys.unraisablehook", told.append)
    container.bind("hung", hung)
    await world.get(container, "hung")
    with pytest.raises(CloseError) as caught:
        await world.close(container)
    thread = next(thread for thread in threading.enumerate() if thread.name == "tenure close")
    gate.set()
    thread.join(5)

    assert [type(error) for error in caught.value.exceptions] == [ResourceTimeoutError]
    assert [each.exc_value for each in told] == [fault]
    assert told[0].err_msg == "'hung' failed to close after it was given up"


@ASYNC
async def test_a_closing_that_nobody_asked_for_has_a_limit_as_well(world):
    """L56, L61: a resource whose own task failed closes at once; whoever closes the container waits so long only."""
    container, closing = Container(close_timeout=0.01), world.event()

    async def fail():
        raise Fault("a task of its own")

    @resource(scope="singleton")
    async def client():
        try:
            if world.name == "asyncio":
                async with asyncio.TaskGroup() as group:
                    group.create_task(fail())
                    yield "client"
            else:
                async with trio.open_nursery() as nursery:
                    nursery.start_soon(fail)
                    yield "client"
        finally:
            closing.set()
            await world.forever()

    container.bind("client", client)
    await container.aget("client")
    await closing.wait()
    with pytest.raises(CloseError) as caught:
        await container.aclose()
    await world.settle()

    (error,) = caught.value.exceptions
    assert isinstance(error, ResourceTimeoutError)
    assert (error.label, error.limit_s) == ("'client'", 0.01)


@ASYNC
async def test_a_stand_in_belongs_to_no_loop(world):
    """L54: where an optional resource did not open there is no exit whose loop could be another."""
    container = Container()

    @resource(scope="singleton", optional=True, fallback="stand-in")
    async def cache():
        await world.checkpoint()
        raise Fault("down")
        yield

    container.bind("cache", cache)
    await container.start()

    assert [await container.aget("cache") for _ in range(2)] == ["stand-in"] * 2
    await container.aclose()


def test_steps_that_cannot_wait_here():
    """A mistake of the engine's own is an error that says what was waited for."""

    def steps(effect):
        return (yield from waited(effect))

    with pytest.raises(RuntimeError, match="cannot wait for 'a string' without an event loop"):
        drive(steps("a string"))


def test_what_limited_steps_wait_for():
    """L61: `waiting_at` looks through a limit at what runs below it."""
    source = (each for each in ())
    inner = waited("an effect", source)
    outer = waited(Limited(inner, 1.0))
    assert [next(outer), next(inner)][1] == "an effect"

    assert waited_for(outer) is source
