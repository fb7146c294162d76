"""
Borrowers on an event loop, as a script of plain numbers says: who comes when, holds how long, fails, is cancelled.

Time is virtual: that of a deterministic asyncio loop, which also lets the order of what is ready be chosen, or trio's.
"""

import asyncio
from dataclasses import dataclass, field

import hypothesis.strategies as st
import trio
import trio.testing

from tenure.errors import ContainerClosedError, PoolExhaustedError
from tenure.pool import Pool
from tests.laws.schedules.loop import OracleLoop

TIMES = st.sampled_from([0.0, 0.0, 1.0, 1.0, 2.0, 5.0])


@dataclass
class Borrower:
    comes: float
    holds: float
    timeout: float | None
    cancelled_after: float | None
    fails: bool
    rounds: int
    by_hand: bool


@dataclass
class Script:
    borrowers: list
    max_size: int
    min_size: int
    max_uses: int | None
    max_waiting: int | None
    check: bool
    making: list  # per item, in turn: seconds, whether it fails
    bad: list  # per look at an item, in turn: whether it is bad
    closing: float
    closes_after: float | None
    invalidates_after: float | None
    choices: list


borrowers = st.builds(
    Borrower, comes=TIMES, holds=TIMES, timeout=st.sampled_from([None, None, 1.0, 3.0]),
    cancelled_after=st.sampled_from([None, None, 0.0, 1.0, 2.0]), fails=st.booleans(), rounds=st.integers(1, 3),
    by_hand=st.booleans(),
)  # fmt: skip
scripts = st.builds(
    Script, borrowers=st.lists(borrowers, min_size=1, max_size=7), max_size=st.integers(1, 3),
    min_size=st.integers(0, 1), max_uses=st.sampled_from([None, None, 1, 2]),
    max_waiting=st.sampled_from([None, None, 1]), check=st.booleans(),
    making=st.lists(st.tuples(TIMES, st.booleans()), max_size=6), bad=st.lists(st.booleans(), max_size=6),
    closing=TIMES, closes_after=st.sampled_from([None, None, 1.0, 3.0]),
    invalidates_after=st.sampled_from([None, None, 0.0, 2.0]), choices=st.lists(st.integers(0, 5), max_size=40),
)  # fmt: skip


class Item:
    user = None
    n_opened = 0
    n_closed = 0


class Gone(Exception):
    """What a borrower's body raises."""


@dataclass
class Play:
    """One run of a script; `lib` sleeps, starts and cancels."""

    script: Script
    lib: object
    alive: int = 0
    most: int = 0
    items: list = field(default_factory=list)
    ended: list = field(default_factory=list)

    async def make(self):
        seconds, fails = self.script.making.pop(0) if self.script.making else (0.0, False)
        self.alive += 1
        self.most = max(self.most, self.alive)
        try:
            await self.lib.sleep(seconds)
            if fails:
                raise OSError("no connection")
            item = Item()
            self.items.append(item)
            item.n_opened += 1
            try:
                yield item
            finally:
                item.n_closed += 1
                await self.lib.sleep(self.script.closing)
        finally:
            self.alive -= 1

    async def check(self, _item):
        await self.lib.sleep(0.0)
        return not (self.script.bad.pop(0) if self.script.bad else False)

    async def borrow(self, pool, who, spec):
        await self.lib.sleep(spec.comes)
        for _ in range(spec.rounds):
            try:
                if spec.by_hand:
                    item = await pool.acquire(spec.timeout)
                    try:
                        await self.use(item, who, spec)
                    finally:
                        pool.release(item)  # cancelled or not
                else:
                    async with pool.acquire(spec.timeout) as item:
                        await self.use(item, who, spec)
            except (Gone, OSError, PoolExhaustedError, ContainerClosedError) as error:
                self.ended.append((who, type(error).__name__))
            else:
                self.ended.append((who, "done"))

    async def use(self, item, who, spec):
        assert item.user is None, f"{who} got what {item.user} has"
        assert not item.n_closed, "what is closed is lent to nobody"
        item.user = who
        try:
            await self.lib.sleep(spec.holds)
            if spec.fails:
                raise Gone
        finally:
            item.user = None

    async def run(self):
        script = self.script
        pool = Pool(
            self.make, max_size=script.max_size, min_size=min(script.min_size, script.max_size), check_after_s=0.0,
            max_uses=script.max_uses, max_waiting=script.max_waiting, timeout_s=None, close_timeout_s=100.0,
            check=self.check if script.check else None, discard=Gone, name="p",
        )  # fmt: skip
        try:
            await pool.aopen()
        except OSError:
            return pool
        jobs = [
            self.lib.start(self.borrow, pool, number, spec, cancel_after=spec.cancelled_after)
            for number, spec in enumerate(script.borrowers)
        ]
        if script.invalidates_after is not None:
            await self.lib.sleep(script.invalidates_after)
            pool.invalidate()
        if script.closes_after is not None:
            await self.lib.sleep(script.closes_after)
            await pool.aclose()
        for job in jobs:
            await job()
        assert pool.stats().n_waiting == 0
        await pool.aclose()
        return pool

    def judge(self, pool):
        assert self.most <= self.script.max_size, "never more than max_size"
        assert all(item.n_closed == item.n_opened == 1 for item in self.items), "each item is closed exactly once"
        assert self.alive == 0
        stats = pool.stats()
        assert (stats.size, stats.n_made, stats.n_closed) == (0, len(self.items), len(self.items))
        cancelled = sum(spec.cancelled_after is not None for spec in self.script.borrowers)
        whole = sum(spec.rounds for spec in self.script.borrowers if spec.cancelled_after is None)
        assert len(self.ended) >= whole or not pool.stats().n_acquired or cancelled


class AsyncioLib:
    def __init__(self, loop):
        self.loop = loop

    async def sleep(self, seconds):
        await asyncio.sleep(seconds)

    def start(self, function, *args, cancel_after=None):
        task = self.loop.create_task(function(*args), name="borrower")
        if cancel_after is not None:
            self.loop.call_later(cancel_after, task.cancel)

        async def joined():
            await asyncio.wait([task])
            if not task.cancelled():
                task.result()

        return joined


def play_asyncio(script):
    loop = OracleLoop(script.choices, pure=False)
    play = Play(script, AsyncioLib(loop))
    try:
        play.judge(loop.play(play.run()))
        loop.settle_down()
    finally:
        loop.close()
    assert not loop.complaints


class Loop(OracleLoop):
    """The deterministic loop, whose end leaves no task behind."""

    def settle_down(self):
        self.settle()
        left = [task for task in self.everything if not task.done()]
        assert not left, "no task is left behind"


OracleLoop = Loop  # what `play_asyncio` uses


class TrioLib:
    def __init__(self, nursery):
        self.nursery = nursery

    async def sleep(self, seconds):
        await trio.sleep(seconds)

    def start(self, function, *args, cancel_after=None):
        done, scope = trio.Event(), trio.CancelScope()

        async def run():
            with scope:
                await function(*args)
            done.set()

        async def cancel():
            await trio.sleep(cancel_after)
            scope.cancel()

        self.nursery.start_soon(run)
        if cancel_after is not None:
            self.nursery.start_soon(cancel)
        return done.wait


def play_trio(script):
    async def main():
        async with trio.open_nursery() as nursery:
            play = Play(script, TrioLib(nursery))
            pool = await play.run()
        play.judge(pool)

    trio.run(main, clock=trio.testing.MockClock(autojump_threshold=0))
