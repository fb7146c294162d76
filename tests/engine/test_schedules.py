"""
Random schedules: users, starts, cancels and a close, in any interleaving.

asyncio runs on a loop that shuffles what is ready; trio does so by itself. Whatever the order, nothing hangs, nothing
is left open, nobody uses what is closed, and every error is a cancellation, a refusal or one that was put there.
"""

import asyncio
import random
import sys

import pytest
import trio

from tenure import Container, resource
from tenure.errors import AsyncInSyncError, ContainerClosedError
from tests.engine.support import ASYNC_KINDS, SYNC_KINDS, AsyncioWorld, Fault, TrioWorld, checkpoint, run_asyncio
from tests.engine.test_random_graphs import Oracle


class ShuffledLoop(asyncio.SelectorEventLoop):
    """Runs what is ready in random order, as if every wait ended at its own time."""

    def __init__(self, seed):
        super().__init__()
        self._random = random.Random(seed)

    def _run_once(self):
        ready = list(self._ready)
        self._random.shuffle(ready)
        self._ready.clear()
        self._ready.extend(ready)
        super()._run_once()


def run_shuffled(main, seed):
    async def limited():
        async with asyncio.timeout(5):
            await main(AsyncioWorld())
        left = asyncio.all_tasks() - {asyncio.current_task()}
        assert not left, f"tasks left: {left}"

    run_asyncio(limited(), lambda: ShuffledLoop(seed))


def run_trio(main, seed):
    trio._core._run._r = random.Random(seed)
    TrioWorld().run(lambda: main(TrioWorld()))


RUNNERS = {"asyncio": run_shuffled, "trio": run_trio}


def scenario(seed):  # noqa: C901 - one draw after the other
    """Return an asynchronous function of a world that plays the scenario of *seed*."""
    draw = random.Random(seed)
    story, container = Oracle(), Container(max_parallel=draw.choice([None, 1, 2]))
    kinds, keys, alone = SYNC_KINDS + ASYNC_KINDS, [], set()
    for number in range(draw.randint(2, 6)):
        lifetime = draw.choice(["singleton", "singleton", "request", None])
        needs = [key for key, shorter in keys if not shorter or lifetime == "request"]
        needs = draw.sample(needs, min(len(needs), draw.randint(0, 2)))
        if draw.random() < 0.2:  # an object that the user made, shared by all scopes
            key, target = story.target(f"N{number}", kind="async methods class")
            container.bind(key, resource(target)())
            keys.append((key, False))
            alone.add(key)
            continue
        key, target = story.target(f"N{number}", *needs, kind=draw.choice(kinds))
        if not needs:
            alone.add(key)
        container.bind(key, resource(scope=lifetime, shield=draw.random() < 0.2)(target))
        keys.append((key, lifetime == "request"))
    if draw.random() < 0.3:
        story.faults[f"{draw.choice(['open', 'close'])} N{draw.randrange(len(keys))}"] = Fault("put there")

    async def user(steps, wanted):
        for _ in range(steps):
            await checkpoint()
        async with container.resource_scope() as scope:
            for key, lazily in wanted:
                value = await scope.aget(key) if not lazily else await first_call(scope, key)
                if not any(value is each for each in story.open_values):
                    scope_closed.append((scope, value))
                await checkpoint()

    async def first_call(scope, key):
        try:
            value = scope.get(key)
        except AsyncInSyncError:
            return await scope.aget(key)
        if hasattr(value, "work"):
            await value.work()
        return value

    async def starter(steps):
        for _ in range(steps):
            await checkpoint()
        await container.start()

    async def canceller(steps, job):
        for _ in range(steps):
            await checkpoint()
        job.cancel()

    scope_closed = []
    # got without `await` only what needs nothing: a synchronous get hands out what opens later as it is
    some = [(key, draw.random() < 0.3 and key in alone) for key, _ in keys]
    wanted_of = [draw.choices(some, k=draw.randint(1, 3)) for _ in range(draw.randint(1, 4))]
    steps = [draw.randint(0, 6) for _ in range(12)]
    n_cancels, starts, closes_at = draw.randint(0, 3), draw.random() < 0.5, draw.choice([None, 3, 8, 15])

    async def main(world):
        async with world.tasks() as tasks:
            jobs = [tasks.start(user, steps[i], wanted) for i, wanted in enumerate(wanted_of)]
            if starts:
                jobs.append(tasks.start(starter, steps[5]))
            for number in range(n_cancels):
                tasks.start(canceller, steps[6 + number] * 2, jobs[number % len(jobs)])
            if closes_at is not None:
                for _ in range(closes_at):
                    await checkpoint()
                jobs.append(tasks.start(container.aclose))
            for job in jobs:
                await job.wait()
        last = await closed(container)
        check(story, [*(job.error for job in jobs), last], scope_closed if closes_at is None else [])

    return main


async def closed(container):
    try:
        await container.aclose()
    except BaseException as error:
        return error
    return None


def check(story, errors, handed_out_closed):
    assert story.violations == []
    assert story.open_values == []  # not `live`: a cancel may interrupt the one closing of a request that waits (4.8)
    assert handed_out_closed == []
    for error in errors:
        for leaf in leaves(error):
            fine = (Fault, ContainerClosedError, asyncio.CancelledError, trio.Cancelled)
            assert isinstance(leaf, fine), repr(leaf)


def leaves(error):
    if error is None:
        return []
    if isinstance(error, BaseExceptionGroup):
        return [leaf for inner in error.exceptions for leaf in leaves(inner)]
    return [error]


@pytest.mark.slow
@pytest.mark.timeout(120)
@pytest.mark.parametrize("library", list(RUNNERS))
@pytest.mark.parametrize("block", range(4))
def test_random_schedules(library, block, monkeypatch):
    """Whatever the interleaving of users, starts, cancels and a close, the laws hold."""
    told = []  # an opening may fail when the one who asked for it is gone (L29)
    monkeypatch.setattr(sys, "unraisablehook", told.append)
    for seed in range(block * 150, block * 150 + 150):
        try:
            RUNNERS[library](scenario(seed), seed)
        except BaseException as error:
            error.add_note(f"replay: RUNNERS[{library!r}](scenario({seed}), {seed})")
            raise
    assert [each for each in told if not isinstance(each.exc_value, Fault)] == []
