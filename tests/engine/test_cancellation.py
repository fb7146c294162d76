"""Cancellation: closing code runs to its end, nobody else is harmed, and the cancel is not lost (L30-L36)."""

import asyncio

import anyio
import pytest
import trio

from tenure import Container, resource
from tests.engine.support import ASYNC_KINDS, Fault

pytestmark = pytest.mark.worlds("asyncio", "trio")


def slow_to_close(log, world, gate, name="slow", scope="singleton", **options):
    """Return a resource whose closing waits for *gate* once."""

    @resource(scope=scope, **options)
    async def slow():
        try:
            yield name
        finally:
            log.append(f"closing {name}")
            await gate.wait()
            log.append(f"closed {name}")

    return slow


@pytest.mark.parametrize("cancels", [1, 2, 5])
async def test_closing_the_root_runs_to_its_end(world, story, cancels):
    """L30, L36: closing code of the root is out of reach of any number of cancels; the cancel is told later."""
    container = Container()
    gate = world.event()
    a = story.add(container, "A", kind="async generator", scope="singleton")
    container.bind("slow", slow_to_close(story.log, world, gate))

    async with world.tasks() as tasks:
        await container.aget(a)
        await container.aget("slow")
        job = tasks.start(container.aclose)
        await world.settle()
        for _ in range(cancels):
            job.cancel()
            await world.settle()
        still = job.is_done
        gate.set()
        await job.wait()

    assert not still
    assert story.log == ["open A", "closing slow", "closed slow", "close A"]
    if world.name == "asyncio":
        assert job.was_cancelled
        assert job.task.cancelling() == cancels
    assert container.snapshot().state == "closed"


@pytest.mark.parametrize("shield", [False, True])
async def test_a_cancelled_body_closes_everything(world, story, shield):
    """L30: cancelling the body of a scope lets every closing that waits finish."""
    container = Container()
    a = story.add(container, "A", kind="async generator", shield=shield)
    b = story.add(container, "B", a, kind="async methods class", shield=shield)
    c = story.add(container, "C", b, kind="async context class", shield=shield)
    begun = world.event()

    async def body():
        async with container.resource_scope():
            await container.aget(c)
            begun.set()
            await world.forever()

    async with world.tasks() as tasks:
        job = tasks.start(body)
        await begun.wait()
        job.cancel()

    assert job.was_cancelled
    assert story.closes == ["C", "B", "A"]
    assert story.finished == ["C", "B", "A"]


async def test_a_cancel_while_a_request_scope_closes(world, story):
    """Section 4.8: a cancel during the closing of a request scope interrupts at most the exit that was waiting."""
    container = Container()
    gate = world.event()
    a = story.add(container, "A", kind="async generator", scope="request")
    b = story.add(container, "B", a, kind="async generator", scope="request")
    container.bind("slow", slow_to_close(story.log, world, gate, scope="request"))

    async def body():
        async with container.resource_scope():
            await container.aget(b)
            await container.aget("slow")

    async with world.tasks() as tasks:
        job = tasks.start(body)
        await world.settle()
        job.cancel()
        await world.settle()
        gate.set()

    assert job.was_cancelled or world.name == "trio"
    assert story.log[:3] == ["open A", "open B", "closing slow"]
    assert story.closes == ["B", "A"]
    assert story.finished == ["B", "A"]


async def test_a_shielded_resource_closes_whoever_cancels(world, story):
    """Section 4.8: shield=True gives a request's resource an owner task, out of reach of cancels."""
    container = Container()
    gate = world.event()
    container.bind("slow", slow_to_close(story.log, world, gate, scope="request", shield=True))

    async def body():
        async with container.resource_scope():
            await container.aget("slow")

    async with world.tasks() as tasks:
        job = tasks.start(body)
        await world.settle()
        job.cancel()
        await world.settle()
        assert not job.is_done
        job.cancel()
        await world.settle()
        gate.set()

    assert job.was_cancelled or world.name == "trio"
    assert story.log == ["closing slow", "closed slow"]


@pytest.mark.parametrize("scope", ["singleton", None])
async def test_a_cancelled_waiter_harms_nobody(world, story, scope):
    """L33: cancelling one of several waiters lets the others get the value, opened once."""
    container = Container()
    gate = world.event()
    a = story.add(container, "A", scope="singleton")

    @resource(scope=scope)
    async def slow(dependency: a):
        story.log.append("opening")
        await gate.wait()
        yield object()

    container.bind("slow", slow)
    async with world.tasks() as tasks:
        jobs = [tasks.start(container.aget, "slow") for _ in range(4)]
        await world.settle()
        jobs[0].cancel()
        jobs[2].cancel()
        await jobs[0].wait()
        await jobs[2].wait()
        gate.set()
    await container.aclose()

    assert [job.was_cancelled for job in jobs] == [True, False, True, False]
    assert jobs[1].value is jobs[3].value is not None
    assert story.log == ["open A", "opening", "close A"]


async def test_a_cancelled_opener_in_a_scope_harms_nobody(world, story):
    """L33: where the task that opens inline is cancelled, another waiter tries again."""
    container = Container()
    gate = world.event()
    n_tried = 0

    @resource
    async def slow():
        nonlocal n_tried
        n_tried += 1
        await gate.wait()
        yield "slow"
        story.log.append("closed")

    container.bind("slow", slow)

    async def body():
        async with container.resource_scope() as scope:
            shared.append(scope)
            begun.set()
            await scope.aget("slow")

    shared, begun = [], world.event()
    async with world.tasks() as tasks:
        first = tasks.start(body)
        await begun.wait()
        await world.settle()
        second = tasks.start(shared[0].aget, "slow")
        await world.settle()
        first.cancel()
        await world.settle()
        gate.set()

    assert first.was_cancelled
    assert n_tried in (1, 2)
    assert second.is_done
    if second.error is None:
        assert story.log == ["closed"]
    else:
        assert type(second.error).__name__ == "ContainerClosedError"


async def test_cancelled_before_the_body(world, story):
    """L34: in a task that is cancelled already nothing stays open."""
    container = Container()
    a = story.add(container, "A", kind="async generator", scope="singleton")
    b = story.add(container, "B", a, kind="async generator")

    async def body():
        try:
            await world.forever()
        finally:
            async with container, container.resource_scope():
                await container.aget(b)

    async with world.tasks() as tasks:
        job = tasks.start(body)
        await world.settle()
        job.cancel()
        await job.wait()

    assert job.was_cancelled
    assert story.live == []
    assert story.opens[::-1] == story.closes
    assert story.finished == story.closes


@pytest.mark.parametrize("kind", ASYNC_KINDS)
@pytest.mark.parametrize("library", ["own", "anyio"])
async def test_level_cancellation(world, story, kind, library, monkeypatch):
    """L35: inside a cancelled trio or anyio scope closings that wait finish."""
    if library == "anyio":
        monkeypatch.setitem(__import__("sys").modules, "anyio", anyio)
    elif world.name == "asyncio":
        pytest.skip("asyncio cancels by edge")
    container = Container()
    a = story.add(container, "A", kind=kind)
    b = story.add(container, "B", a, kind=kind)
    s = story.add(container, "S", kind=kind, scope="singleton")

    with (anyio if library == "anyio" else trio).CancelScope() as cancel:
        async with container, container.resource_scope():
            await container.aget(s)
            await container.aget(b)
            cancel.cancel()
            await world.checkpoint()

    assert cancel.cancelled_caught
    assert story.closes == ["B", "A", "S"]
    assert story.finished == ["B", "A", "S"]


async def test_an_anyio_scope_that_is_cancelled_before_leaving(world, story, monkeypatch):
    """L35: a scope that is cancelled while nothing waits is seen by the body's end only; closings still finish."""
    monkeypatch.setitem(__import__("sys").modules, "anyio", anyio)
    container = Container()
    a = story.add(container, "A", kind="async generator")
    b = story.add(container, "B", a, kind="async methods class")

    with anyio.CancelScope() as cancel:
        async with container.resource_scope():
            await container.aget(b)
            cancel.cancel()

    assert story.finished == ["B", "A"]


@pytest.mark.worlds("asyncio")
async def test_a_native_cancel_through_an_anyio_shield(world, story, monkeypatch):
    """L36: a native second cancel does not reach the closing code of an owner task."""
    monkeypatch.setitem(__import__("sys").modules, "anyio", anyio)
    container = Container()
    gate = asyncio.Event()
    container.bind("slow", slow_to_close(story.log, world, gate))

    async def body():
        with anyio.CancelScope() as cancel:
            async with container:
                cancel.cancel()
                await asyncio.sleep(0)

    async with world.tasks() as tasks:
        job = tasks.start(body)
        await world.settle()
        job.cancel()
        await world.settle()
        job.cancel()
        await world.settle()
        gate.set()

    assert story.log == ["closing slow", "closed slow"]
    assert job.was_cancelled


@pytest.mark.parametrize("when", ["opening", "waiting turn"])
async def test_a_cancelled_start_rolls_back(world, story, when):
    """L4, L8: cancelling a start closes what it opened; what was being opened is opened or never was, never lost."""
    container = Container()
    gate = world.event()
    a = story.add(container, "A", kind="async generator", scope="singleton")

    @resource(scope="singleton")
    async def slow(dependency: a):
        await gate.wait()
        story.log.append("open slow")
        try:
            yield "slow"
        finally:
            story.log.append("close slow")

    container.bind("slow", slow)

    async def start():
        await container.start(max_parallel=1 if when == "waiting turn" else None)

    async with world.tasks() as tasks:
        job = tasks.start(start)
        await world.settle()
        job.cancel()
        await world.settle()
        gate.set()
        await job.wait()

    assert job.was_cancelled or world.name == "trio"
    assert story.log in (
        ["open A", "close A"],
        ["open A", "open slow", "close slow", "close A"],
    )
    assert container.get_all_resources() == {}
    await container.aclose()


async def test_a_cancel_that_arrives_while_close_waits_for_an_opening(world, story):
    """L31: a cancel that arrives while close waits for an opening to end is raised once everything is closed."""
    container = Container()
    gate = world.event()

    @resource(scope="singleton")
    async def slow():
        await gate.wait()
        yield "slow"
        story.log.append("closed")

    container.bind("slow", slow)

    async def close_then_go_on():
        await container.aclose()
        await world.checkpoint()
        await world.checkpoint()
        story.log.append("went on")

    async with world.tasks() as tasks:
        opening = tasks.start(container.aget, "slow")
        await world.settle()
        closing = tasks.start(close_then_go_on)
        await world.settle()
        closing.cancel()
        await world.settle()
        gate.set()

    assert closing.was_cancelled
    assert story.log == ["closed"]
    assert type(opening.error).__name__ == "ContainerClosedError" or opening.value == "slow"


async def test_get_after_being_cancelled_finds_the_value(world):
    """L8: an opening whose only waiter was cancelled is completed and owed, or rolled back."""
    container = Container()
    gate, log = world.event(), []

    @resource(scope="singleton")
    async def slow():
        await gate.wait()
        log.append("open")
        yield "slow"
        log.append("close")

    container.bind("slow", slow)
    async with world.tasks() as tasks:
        job = tasks.start(container.aget, "slow")
        await world.settle()
        job.cancel()
        await job.wait()
        gate.set()
        await world.settle()
    after = list(log)
    await container.aget("slow")
    await container.aclose()

    assert after in (["open"], [])
    assert log == ["open", "close"]


@pytest.mark.parametrize("kind", ASYNC_KINDS)
async def test_a_cancel_at_every_step_of_an_opening(world, story, kind):
    """L8: whichever wait of an opening is cancelled, what was opened is closed and nothing else."""
    for step in range(1, 12):
        story.log.clear()
        container = Container()
        a = story.add(container, f"A{step}", kind=kind)
        b = story.add(container, f"B{step}", a, kind=kind)

        async def body(container=container, b=b):
            async with container, container.resource_scope():
                await container.aget(b)
                await world.forever()

        async with world.tasks() as tasks:
            job = tasks.start(body)
            for _ in range(step):
                await world.checkpoint()
            job.cancel()

        assert job.was_cancelled
        assert story.live == []
        assert sorted(story.opens) == sorted(story.closes)
        assert story.closes == story.opens[::-1]


@pytest.mark.parametrize("kind", ASYNC_KINDS)
async def test_a_cancel_at_every_step_of_a_closing(world, story, kind):
    """L30: whichever wait of the closing of a container is cancelled, all closings run to their end."""
    for step in range(1, 12):
        story.log.clear()
        story.finished.clear()
        container = Container()
        a = story.add(container, f"A{step}", kind=kind, scope="singleton")
        b = story.add(container, f"B{step}", a, kind=kind, scope="singleton")
        await container.aget(b)

        async with world.tasks() as tasks:
            job = tasks.start(container.aclose)
            for _ in range(step):
                await world.checkpoint()
            job.cancel()
        await container.aclose()

        assert story.finished == [f"B{step}", f"A{step}"]


async def test_a_failing_body_and_a_cancel_while_closing(world, story):
    """Section 9, errors on closing: the body's error outranks a cancellation."""
    container = Container()
    gate = world.event()
    container.bind("slow", slow_to_close(story.log, world, gate))
    error = Fault("body")

    async def body():
        async with container:
            raise error

    async with world.tasks() as tasks:
        job = tasks.start(body)
        await world.settle()
        job.cancel()
        await world.settle()
        gate.set()

    assert job.error is error
    assert story.log == ["closing slow", "closed slow"]
