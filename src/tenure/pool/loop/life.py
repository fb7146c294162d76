"""
The life of a pool for one event loop: its items live in tasks of their own, and whoever waits takes what comes first.

Everything happens on the thread of the loop, so that nobody waits for the lock; what comes from other threads is sent
over.
"""

import contextvars
import functools
from collections.abc import Awaitable, Callable
from contextlib import nullcontext
from types import FrameType
from typing import Any

from tenure.errors import AsyncInSyncError
from tenure.lifecycle.backends import LimitReachedError, current, running
from tenure.lifecycle.closing import wrong_loop
from tenure.lifecycle.effects import adrive
from tenure.lifecycle.latch import Latch
from tenure.lifecycle.owner import Owner
from tenure.pool.decisions.core import CLOSED, Todo
from tenure.pool.decisions.entry import AWAY, LENT, Entry, Waiter
from tenure.pool.lives.keeping import start_task
from tenure.pool.lives.life import Life
from tenure.pool.loop.event_loop import Loop, loop_here
from tenure.pool.loop.item import OwnedItem
from tenure.pool.making import CLOSE_LIMIT_S, Maker
from tenure.pool.setup import Setup


class LoopLife(Life):
    """
    One life of a pool on the running event loop.

    Attributes:
        loop: that loop.
        making: the tasks in which items are being made.
    """

    makes_aside = True

    def __init__(self, setup: Setup, maker: Maker, before: Life | None = None) -> None:
        super().__init__(setup, maker, before)
        self.loop: Loop = loop_here()
        self.clock: Callable[[], float] = setup.clock or self.loop.now
        self.token: Any = self.loop.token
        self.running: Callable[[], Any] = self.loop.running
        self.who: Callable[[], Any] = self.loop.who
        self.making: set[Owner] = set()
        self.kick: Latch = Latch()
        self._context = contextvars.copy_context()
        self._changed = Latch()
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

    def refuse_elsewhere(self) -> None:
        """Raise what tells of a use on another loop, or on none."""
        if self.running() is self.token:
            return
        backend = running()
        if backend is None:
            raise AsyncInSyncError([self.maker.label], "use", "`async with pool.acquire()` on an event loop")
        raise wrong_loop(self.maker.label, self.token, backend)

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
                self.do(self.core.enlist(waiter, answer.todo))
                entry: Entry | None = await self._waited(waiter, ends_at)
            else:
                self.do(answer.todo)
                if answer.refusal is not None:
                    raise self.refusal_of(answer)
                entry = answer.entry
                if answer.check is not None:
                    entry = await self._checked(answer.check, began, ends_at)
            if entry is not None:
                self.fill_soon()
                return self.lent(entry, frame)

    async def _waited(self, waiter: Waiter, ends_at: float | None) -> Entry:
        try:
            try:
                await self.loop.wait(waiter, ends_at)
            except BaseException:
                self.give_up(waiter)
                raise
            entry = self.given(waiter)
        except BaseException as error:
            self.tell_waited(waiter.since, error)
            raise
        self.tell_waited(waiter.since)
        assert entry is not None, "items are made aside, so nobody has to make one"
        return entry

    async def _checked(self, entry: Entry, began: float, ends_at: float | None) -> Entry | None:
        """Look at *entry*; it is lent then, or closed: None. Who is cancelled meanwhile leaves it to be closed."""
        is_good, found = False, None
        try:
            is_good = not await self._is_no(self.setup.check, entry.item, ends_at)
        except LimitReachedError:
            raise self.exhausted("timeout", self.clock() - began) from None
        finally:
            found = self.checked(entry, is_good=is_good)
        return found

    async def _is_no(self, function: Any, item: Any, ends_at: float | None) -> bool:
        """Tell whether *function* says no to *item*: raises, or gives False."""
        try:
            answer = function(item) if function is not None else None
            if isinstance(answer, Awaitable):
                limit_s = None if ends_at is None else max(0.0, ends_at - self.loop.now())
                async with _limit(limit_s):
                    answer = await answer
        except LimitReachedError:
            raise
        except Exception:  # noqa: BLE001 - that is how a check says no
            return True
        return answer is False

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
        elif self._judges_good if error is None else self._judges_failed:
            self._judge(entry, error)
        elif not self.quick_return(entry):
            self.take_back(entry, None)

    def _send_back(self, entry: Entry, error: BaseException | None) -> None:
        """Have the loop take *entry* back; what is on its way already is refused."""
        if entry.sent_back == entry.n_uses:
            raise self.not_out(entry.item, "was given back already")
        entry.sent_back = entry.n_uses
        self.loop.send(functools.partial(self._arrived, entry, entry.n_uses, error))

    def _arrived(self, entry: Entry, n_uses: int, error: BaseException | None) -> None:
        """Take *entry* back, unless its loan of this number has ended meanwhile: given back here, or cut off."""
        if entry.status == LENT and entry.n_uses == n_uses:
            self._judge(entry, error)

    def _judge(self, entry: Entry, error: BaseException | None) -> None:
        entry.status = AWAY
        verdict: Any = "interrupted"
        try:
            verdict = self.judge.verdict(entry.item, error)
        finally:
            if verdict is not None or not self.quick_return(entry):
                self._take_back(entry, verdict)

    def _take_back(self, entry: Entry, verdict: Any) -> None:
        if verdict is None or isinstance(verdict, str):
            self.take_back(entry, verdict)
        else:
            self.core.take_back(entry, self.clock())
            self.spawn(functools.partial(self._reset_aside, entry, verdict), "reset")

    async def _reset_aside(self, entry: Entry, answer: Awaitable[Any]) -> None:
        is_bad = True
        try:
            is_bad = await self._is_no(lambda _: answer, entry.item, None)
        finally:
            self.place(entry, "reset" if is_bad else None)

    # what has to be done

    def do(self, todo: Todo) -> None:
        """Carry out *todo*; waits for nothing."""
        for waiter in todo.wake:
            waiter.wake()
        for entry, _ in todo.close:
            self.spawn(functools.partial(self._close_one, entry), "close")
        for _ in range(todo.n_make):
            OwnedItem(self, self._context.copy())
        if self._changed.has_waiters:
            self.tell_changed()

    def tell_changed(self) -> None:
        """Wake who waits for something to be so, to look again."""
        changed, self._changed = self._changed, Latch()
        changed.set()

    def spawn(self, function: Callable[[], Awaitable[None]], what: str) -> Any:
        """Start *function* as a task that nobody else cancels."""
        return current().spawn(function, self._context.copy(), f"tenure {what} of {self.maker.label}")

    async def _close_one(self, entry: Entry) -> None:
        closer = self.maker.closer()
        try:
            await adrive(closer.close(entry.exit))
        finally:
            fatal = self.closed(entry, closer)
            if fatal is not None:
                self.report.failed.append(fatal)

    def item_failed(self, error: BaseException) -> None:
        """Note that an item could not be made, and have the keeper see to it that it is tried again."""
        if self._first_failures is not None:
            self._first_failures.append(error)
        self.make_failed(error)
        self.kick.set()

    # ending

    async def drain(self, deadline_s: float | None) -> bool:
        """Lend no more and wait until everything is back; tell whether it is."""
        self.stop_lending()
        return await self._until(lambda: self.is_all_back, deadline_s)

    async def _until(self, is_so: Callable[[], bool], seconds: float | None) -> bool:
        """Wait until *is_so*, at most *seconds*; tell whether it is. May be cancelled."""
        try:
            async with _limit(seconds):
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
        self.refuse_elsewhere()
        limit_s = self.setup.limits.close_timeout_s
        todo = self.begin_closing()
        if todo is None:
            await self._until(lambda: self.core.state == CLOSED, limit_s)
            return
        self.do(todo)
        for owner in list(self.making):
            owner.abandon()  # nobody wants what it makes
        try:
            if not await self._ends(limit_s):
                self.cut_off_all(limit_s)
                await self._ends(CLOSE_LIMIT_S + 1.0)
        finally:
            self.end()
        self.raise_failures(error)

    async def _ends(self, seconds: float) -> bool:
        """Wait until nothing is there any more, at most *seconds*, whoever cancels: that is heard at the end."""
        ends_at = self.loop.now() + seconds
        while not self.core.is_empty and self.loop.now() < ends_at:
            self.report.take_up(await self._changed.wait_out(ends_at - self.loop.now()))
        return self.core.is_empty


def _limit(seconds: float | None) -> Any:
    return nullcontext() if seconds is None else current().limit(seconds)
