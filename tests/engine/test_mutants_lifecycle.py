"""What small changes of `lifecycle/` showed to be asserted nowhere: waiters that give up, stacks, repr."""

import gc
import warnings
from dataclasses import replace

import pytest

from tenure import Container, resource
from tenure.errors import CloseError
from tenure.lifecycle.effects import adrive, drive
from tenure.lifecycle.exits import asking_stack, shown_stack
from tenure.lifecycle.handles import close_handle, open_handle
from tenure.lifecycle.latch import Latch
from tests.engine.support import Fault

ASYNC = pytest.mark.worlds("asyncio", "trio")


@ASYNC
@pytest.mark.parametrize("how", ["wait", "wait_out"])
async def test_a_waiter_that_gives_up_leaves_nothing(world, how):
    """L40, L59: a latch that stays closed for long does not collect those who waited for it once."""
    latch = Latch()

    async def wait():
        await (latch.wait() if how == "wait" else latch.wait_out(0.0))

    async with world.tasks() as tasks:
        jobs = [tasks.start(wait) for _ in range(20)]
        await world.settle()
        if how == "wait":
            assert latch.has_waiters
            for job in jobs:
                job.cancel()
        for job in jobs:
            await job.wait()

    assert [job.was_cancelled for job in jobs] == [how == "wait"] * 20
    assert not latch.has_waiters


def test_a_thread_that_gives_up_leaves_nothing(monkeypatch):
    """L40: a blocked thread that Ctrl-C gets out of its wait is not woken later."""
    latch = Latch()

    class Interrupted:
        def set(self):
            raise AssertionError("woken after it gave up")

        def wait(self, _seconds):
            assert latch.has_waiters
            raise KeyboardInterrupt

    monkeypatch.setattr("tenure.lifecycle.latch.threading.Event", Interrupted)

    with pytest.raises(KeyboardInterrupt):
        latch.block()

    assert not latch.has_waiters
    latch.set()


@ASYNC
async def test_an_open_latch_keeps_nobody(world):
    """Once it is open every way of waiting returns at once, and whoever comes is called at once."""
    latch, called = Latch(), []
    latch.set()

    latch.block()
    await latch.wait()
    assert await latch.wait_out() is None
    latch.then(lambda: called.append("then"))

    assert called == ["then"]
    assert not latch.has_waiters


@ASYNC
async def test_a_closing_that_was_asked_for_crashes_nothing(world):
    """L56: only what ends by itself cancels the body: the error of a reset goes to who asked for it alone."""
    log, fault = [], Fault("no goodbye")

    @resource(scope="singleton")
    async def client():
        yield "client"
        raise fault

    async with Container() as container:
        container.bind("client", client)
        await container.aget("client")
        with pytest.raises(CloseError) as caught:
            await container.areset("client")
        await world.settle()
        log.append("the body goes on")

    assert caught.value.exceptions == (fault,)
    assert log == ["the body goes on"]


def deep(calls, function):
    return function() if calls == 0 else deep(calls - 1, function)


def test_the_asking_stack_ends_after_five_frames():
    """Section 9: the nearest five frames, innermost first, however deep the code is that asks."""
    found = shown_stack(deep(12, asking_stack))

    assert len(found) == 5
    assert all(frame.endswith("in deep") for frame in found)
    assert len(shown_stack(deep(12, lambda: asking_stack(3)))) == 3


def test_the_warning_of_a_forgotten_close_shows_five_frames():
    """L70: it names who opened the resource, not everything down to the start of the process."""

    @resource(scope="singleton", close="shut")
    class Client:
        def shut(self):
            raise AssertionError("a collected container closes nothing")

    container = Container()
    deep(12, lambda: container.get(Client))
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        container = None
        gc.collect()

    texts = [str(each.message) for each in caught if "Client" in str(each.message)]
    assert len(texts) == 1
    assert texts[0].count("called from") == 4
    assert texts[0].count("in deep") == 4


def test_what_an_exit_is_shown_as():
    """Its repr names the resource, and whether its closing has begun."""

    @resource(scope="singleton")
    def client():
        yield "client"

    with Container() as container:
        container.bind("client", client)
        container.get("client")
        (exit_,) = container.engine.root.exits.values()
        assert repr(exit_) == f"<Exit {exit_.number} of {exit_.binding.label}>"

    assert repr(exit_) == f"<Exit {exit_.number} of {exit_.binding.label} done>"
    assert "client" in repr(exit_)


async def closed_by(world, kind, log):
    """Close a generator that has no handler at its yield, and says that it goes on there whatever happened."""

    def plain():
        yield "value"
        log.append("closed")

    async def asynchronous():
        yield "value"
        log.append("closed")

    container = Container()
    container.bind("key", resource(scope="singleton")(plain if kind == "generator" else asynchronous))
    binding = container.engine.graph.require("key")
    binding = replace(binding, lifecycle=replace(binding.lifecycle, resumes=True))
    made = binding.target()
    if kind == "generator":
        drive(open_handle(binding, made))
        return drive(close_handle(binding, made, Fault("outcome")))
    await adrive(open_handle(binding, made))
    return await adrive(close_handle(binding, made, Fault("outcome")))


@ASYNC
@pytest.mark.parametrize("kind", ["generator", "async generator"])
async def test_code_that_cannot_look_at_the_outcome_runs_and_swallows_nothing(world, kind):
    """L13: an initializer without a handler is resumed, and what it never saw it did not take upon itself."""
    log = []

    assert await closed_by(world, kind, log) is False
    assert log == ["closed"]
