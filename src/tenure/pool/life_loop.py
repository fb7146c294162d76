"""
A pool for one event loop: items are made and closed in tasks of their own, out of reach of any borrower's cancellation.

Everything happens on the thread of the loop, so that no lock is needed; what comes from other threads is sent over.
"""

import contextvars
import functools
from collections.abc import Awaitable, Callable
from contextlib import nullcontext
from types import FrameType
from typing import Any

from tenure.errors import AsyncInSyncError, ResourceEndedError
from tenure.lifecycle.backends import LimitReachedError, current, running
from tenure.lifecycle.closing import close_exit, wrong_loop
from tenure.lifecycle.effects import Steps, adrive
from tenure.lifecycle.exits import Exit
from tenure.lifecycle.latch import Latch
from tenure.lifecycle.owner import Owner
from tenure.lifecycle.unraisable import report
from tenure.pool.decisions.core import CLOSED, CLOSING, DRAINING, OPEN, Core, Todo
from tenure.pool.decisions.entry import AWAY, LENT, Entry, Waiter
from tenure.pool.decisions.upkeep import find_lost, next_at, upkeep
from tenure.pool.keeping import start_task
from tenure.pool.life import Life
from tenure.pool.loops import Loop, loop_here
from tenure.pool.making import CLOSE_LIMIT_S, stopwatch


class LoopLife(Life):
    """One life of a pool on the running event loop."""

    makes_aside = True

    def __init__(self, setup: Any, maker: Any, before: Life | None = None) -> None:
        super().__init__(setup, maker, before)
        self.loop: Loop = loop_here()
        self.clock: Callable[[], float] = setup.clock or self.loop.now
        self.token: Any = self.loop.token
        self.running: Callable[[], Any] = self.loop.running
        self.who: Callable[[], Any] = self.loop.who
        self._context = contextvars.copy_context()
        self._changed = Latch()
        self._owners: set[Owner] = set()
        self.kick: Latch = Latch()
        self._keeper: Any = None
        self._first_failures: list[BaseException] | None = None

    async def open(self) -> None:
        """
        Make what is always kept, and begin to look after it.

        Raises:
            BaseException: what the factory raised; everything is closed again.
        """
        todo, failures = Todo(), list[BaseException]()
        todo.n_make = self.core.n_making = self.setup.limits.min_size
        self._first_failures = failures
        try:
            self.do(todo)
            await self._until(lambda: not self.core.n_making, None)
            if failures:
                raise failures[0]
        except BaseException as error:
            await self.close(error)
            raise
        finally:
            self._first_failures = None
        if self.setup.background:
            self._keeper = start_task(self)

    # lending

    async def take(self, timeout_s: float | None, frame: FrameType) -> Entry:
        """Lend an item, where the short way has none, waiting for one at most *timeout_s* seconds."""
        self.check_timeout(timeout_s)
        began = self.clock()
        ends_at = None if timeout_s is None else self.loop.now() + timeout_s
        while True:
            answer = self.core.ask(self.clock())
            if answer.must_wait:
                waiter = self.loop.waiter(began)
                more = self.core.enlist(waiter)
                self.do(answer.todo)
                self.do(more)
                found = await self._waited(waiter, ends_at)
                self._fill_soon()
                return self.lent(found, frame)
            self.do(answer.todo)
            if answer.refusal is not None:
                raise self.refusal() if answer.refusal == "state" else self.exhausted(answer.refusal)
            entry = answer.entry
            if answer.check is not None:
                entry = await self._checked(answer.check, began, ends_at)
            if entry is not None:
                self._fill_soon()
                return self.lent(entry, frame)

    async def _waited(self, waiter: Waiter, ends_at: float | None) -> Entry:
        try:
            try:
                await self.loop.wait(waiter, ends_at)
            except BaseException:
                self.do(self.core.leave(waiter, self.clock(), why="cancelled"))
                raise
            if not waiter.is_served:
                self.do(self.core.leave(waiter, self.clock(), why="timeouts"))
                raise self.exhausted("timeout", self.clock() - waiter.since)
            if waiter.error is not None:
                raise waiter.error
        except BaseException as error:
            self.tell_waited(waiter.since, error)
            raise
        self.tell_waited(waiter.since)
        assert waiter.entry is not None, "items are made aside, so nobody has to make one"
        return waiter.entry

    async def _checked(self, entry: Entry, began: float, ends_at: float | None) -> Entry | None:
        """Look at *entry*; it is lent then, or closed: None. Who is cancelled meanwhile leaves it to be closed."""
        is_good = False
        try:
            is_good = not await self._is_no(self.setup.check, entry.item, ends_at)
        except LimitReachedError:
            raise self.exhausted("timeout", self.clock() - began) from None
        finally:
            self.do(self.core.checked(entry, self.clock(), is_good=is_good))
        return entry if entry.status == LENT else None

    async def _is_no(self, function: Any, item: Any, ends_at: float | None) -> bool:
        """Tell whether *function* says no to *item*: raises, or gives False."""
        try:
            answer = function(item) if function is not None else None
            if isinstance(answer, Awaitable):
                if ends_at is None:
                    answer = await answer
                else:
                    async with current().limit(max(0.0, ends_at - self.loop.now())):
                        answer = await answer
        except LimitReachedError:
            raise
        except Exception:  # noqa: BLE001 - that is how a check says no
            return True
        return answer is False

    def refuse_elsewhere(self) -> None:
        """Raise what tells of a use on another loop, or on none."""
        backend = running()
        if backend is None:
            raise AsyncInSyncError([self.maker.label], "use", "`async with pool.acquire()` on an event loop")
        raise wrong_loop(self.maker.label, self.token, backend)

    # making and closing

    def _launch(self) -> None:
        """Make an item for whoever needs one, in a task of its own that also closes it."""
        core, generation, took_s = self.core, self.core.generation, stopwatch()
        box: list[Any] = []

        def open_(owner: Owner) -> Steps[bool]:
            self._owners.add(owner)  # not before it runs: what is cancelled then never knows
            try:
                if self.is_closed:
                    raise self.refusal()
                exit_ = yield from self._opened()
            except BaseException as error:  # noqa: BLE001 - whoever waits for the item gets it
                self._owners.discard(owner)
                self._failed(error)
                return False
            exit_.owner, exit_.loop = owner, self.token
            self._owners.discard(owner)
            entry, todo = core.made(exit_.value, exit_, generation, self.clock(), took_s())
            box.append(entry)
            self.do(todo)
            return True

        def close(outcome: BaseException | None) -> Steps[bool]:
            return close_exit(box[0].exit, outcome, self.maker.place(), None)

        def crashed(error: BaseException) -> None:
            entry = box[0]
            if entry.status == LENT:
                self.cut_off[id(entry.item)] = entry
            self.do(core.ended(entry))
            self.kick.set()
            if not isinstance(error, ResourceEndedError):
                report(error, f"an item of {self.maker.label} failed to close", self.maker.binding.target)

        Owner(open_, close, crashed).start(self._context.copy(), self.maker.binding)

    def _opened(self) -> Steps[Exit]:
        exit_ = yield from self.maker.open()
        if self.is_known(exit_.value):
            yield from self.maker.closer().close(exit_)
            raise self.maker.made_twice(exit_.value)
        return exit_

    def _failed(self, error: BaseException) -> None:
        failures = self._first_failures
        if failures is not None:
            failures.append(error)
        self.do(self.core.make_failed(error, self.clock()))
        self.kick.set()

    async def _close_one(self, entry: Entry) -> None:
        closer = self.maker.closer()
        try:
            await adrive(closer.close(entry.exit))
        finally:
            fatal = self.settle(closer)
            if fatal is not None:
                self.report.failed.append(fatal)
            self.do(self.core.closed(entry))
            if self.keeps_some:
                self.kick.set()

    def do(self, todo: Todo) -> None:
        """Carry out *todo*; waits for nothing."""
        for waiter in todo.wake:
            waiter.wake()
        for entry, _ in todo.close:
            self.spawn(functools.partial(self._close_one, entry), "close")
        for _ in range(todo.n_make):
            self._launch()
        if self._changed.has_waiters:
            self._tell_changed()

    def _tell_changed(self) -> None:
        changed, self._changed = self._changed, Latch()
        changed.set()

    def spawn(self, function: Callable[[], Awaitable[None]], what: str) -> Any:
        """Start *function* as a task that nobody else cancels."""
        return current().spawn(function, self._context.copy(), f"tenure {what} of {self.maker.label}")

    # giving back

    def give_back(self, item: Any, error: BaseException | None) -> None:
        """Take *item* back from its borrower, whose body ended with *error*; does not wait, from any thread."""
        entry = self.core.entries.get(id(item))
        if entry is None or entry.status is not LENT or entry.item is not item:
            entry = self.entry_of(item)
            if entry is None:
                return
        if self.running() is not self.token:
            self._send_back(entry, error)
        elif self._judges or not self.quick_return(entry):
            self._give_back(entry, error)

    def _send_back(self, entry: Entry, error: BaseException | None) -> None:
        """Have the loop take *entry* back; what is on its way already is refused."""
        if entry.sent_back == entry.n_uses:
            raise self.not_out(entry.item, "was given back already")
        entry.sent_back = entry.n_uses
        self.loop.send(functools.partial(self._arrived, entry, entry.n_uses, error))

    def _arrived(self, entry: Entry, n_uses: int, error: BaseException | None) -> None:
        """Take *entry* back, unless its loan of this number has ended meanwhile: given back here, or cut off."""
        if entry.status == LENT and entry.n_uses == n_uses:
            self._give_back(entry, error)

    def _give_back(self, entry: Entry, error: BaseException | None) -> None:
        core = self.core
        entry.status = AWAY
        verdict: Any = "interrupted"
        try:
            verdict = self.judge(entry, error)
        finally:
            if verdict is not None or not self.quick_return(entry):
                core.take_back(entry, self.clock())
                self._settle(entry, verdict)

    def _settle(self, entry: Entry, verdict: Any) -> None:
        if verdict is None:
            self.do(self.core.offer(entry, self.clock()))
        elif isinstance(verdict, str):
            self.do(self.core.discard(entry, verdict))
        else:
            self.spawn(functools.partial(self._reset_aside, entry, verdict), "reset")

    async def _reset_aside(self, entry: Entry, answer: Awaitable[Any]) -> None:
        is_bad = True
        try:
            is_bad = await self._is_no(lambda _: answer, entry.item, None)
        finally:
            self._settle(entry, "reset" if is_bad else None)

    # the whole

    def _fill_soon(self) -> None:
        if len(self.core.idle) < self.core.limits.min_idle:
            self.kick.set()

    def look_after(self) -> float:
        """Do what is due; return for how many seconds nothing will be."""
        find_lost(self.core)
        todo, late = upkeep(self.core, self.clock())
        self.do(todo)
        self.tell_late(late)
        now = self.clock()
        return next_at(self.core, now) - now

    def change(self, decide: Callable[[Core], Todo]) -> None:
        """Have the core decide about the whole, and carry it out."""
        if self.running() is not self.token:
            self.refuse_elsewhere()
        self.do(decide(self.core))
        self.kick.set()

    async def drain(self, deadline_s: float | None) -> bool:
        """Lend no more and wait until everything is back; tell whether it is."""
        self.change(lambda core: core.stop_lending(DRAINING, self.refusal) if core.state == OPEN else Todo())
        return await self._until(lambda: self.is_all_back, deadline_s)

    async def _until(self, is_so: Callable[[], bool], seconds: float | None) -> bool:
        """Wait until *is_so*, at most *seconds*; tell whether it is. May be cancelled."""
        try:
            async with current().limit(seconds) if seconds is not None else nullcontext():
                while not is_so():
                    await self._changed.wait()
        except LimitReachedError:
            return is_so()
        return True

    async def close(self, error: BaseException | None = None) -> None:
        """
        Close everything; what is out is waited for, and closed in the end nevertheless.

        Args:
            error: what ended the body of the pool, if anything: what is raised here travels with it.
        """
        if self.running() is not self.token:
            self.refuse_elsewhere()
        limit_s = self.setup.limits.close_timeout_s
        if not self.is_open:
            await self._until(lambda: self.core.state == CLOSED, limit_s)
            return
        self.do(self.core.stop_lending(CLOSING, self.refusal))
        for owner in list(self._owners):
            owner.abandon()  # nobody wants what it makes
        try:
            if not await self._ends(limit_s):
                self.do(self.cut_off_all(limit_s))
                await self._ends(CLOSE_LIMIT_S + 1.0)
        finally:
            self.core.state = CLOSED
            self._tell_changed()
            self.kick.set()
        self.raise_failures(error)

    async def _ends(self, seconds: float) -> bool:
        """Wait until nothing is there any more, at most *seconds*, whoever cancels: that is heard at the end."""
        ends_at = self.loop.now() + seconds
        while not self.core.is_empty and self.loop.now() < ends_at:
            self.report.take_up(await self._changed.wait_out(ends_at - self.loop.now()))
        return self.core.is_empty
