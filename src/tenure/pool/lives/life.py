"""
One life of a pool: what is done about its decisions on threads and on a loop alike, all save the waiting.

A life begins when a pool is opened and ends when it is closed.
"""

import threading
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any

from tenure.errors.pool import ItemsOutError
from tenure.lifecycle.closing import Closer
from tenure.lifecycle.effects import Steps
from tenure.lifecycle.exits import Exit
from tenure.lifecycle.outcome import Report
from tenure.lifecycle.unraisable import report
from tenure.pool.decisions.core import CLOSED, CLOSING, DRAINING, OPEN, Core, Todo
from tenure.pool.decisions.entry import LENT, Entry, Waiter
from tenure.pool.decisions.upkeep import find_lost, next_at, upkeep
from tenure.pool.lives.forks import disown_in_children
from tenure.pool.lives.judging import Judge
from tenure.pool.lives.short_way import ShortWay
from tenure.pool.making import Maker
from tenure.pool.setup import Setup

_THREADS = object()


class Life(ShortWay, ABC):
    """
    One life of a pool.

    Args:
        setup: what the pool was told.
        maker: makes and closes its items.
        before: the last life of the pool, if it had one: what was cut off then may come back yet.

    Attributes:
        token: the event loop it belongs to, or what stands for threads.
        running: gives the token of the event loop that runs in this thread, None where there is none.
        kick: what the keeper sleeps at; `set` wakes it.
        judge: asks the user's functions about what comes back.
        report: what the close has to say.
        cut_off: items that were closed while they were lent, by `id`: they may come back yet.
    """

    kick: Any
    lock: Any

    def __init__(self, setup: Setup, maker: Maker, before: "Life | None" = None) -> None:
        super().__init__(setup, maker)
        self.token: Any = _THREADS
        self.running: Callable[[], Any] = _no_loop
        self.judge: Judge = Judge(setup, maker.label)
        self.report: Report = Report(maker.label)
        self.cut_off: dict[int, Entry] = {} if before is None else before.cut_off
        self._foreign: list[Entry] = [] if before is None else before._foreign  # noqa: SLF001 - of the same pool
        self._judges_good: bool = self.judge.asks_of_good
        self._judges_failed: bool = self.judge.asks_of_failed
        disown_in_children(self)

    @abstractmethod
    def do(self, todo: Todo) -> None:
        """Carry out *todo*, all of it; the lock is not held."""

    @abstractmethod
    def tell_changed(self) -> None:
        """Wake who waits for the whole to be back, or closed."""

    def refuse_elsewhere(self) -> None:
        """Raise what tells of a use where it cannot be used; where one can, do nothing."""

    # its state

    @property
    def is_open(self) -> bool:
        """Whether it lends, or will again after draining."""
        return self.core.state in (OPEN, DRAINING)

    @property
    def is_closed(self) -> bool:
        """Whether a close has begun."""
        return self.core.state in (CLOSING, CLOSED)

    @property
    def is_all_back(self) -> bool:
        """Whether nothing is out or being made."""
        return len(self.core.entries) == len(self.core.idle) and not self.core.n_making

    # lending

    def check_timeout(self, timeout_s: Any) -> None:
        """Raise ValueError unless *timeout_s* is a number of seconds >= 0 or None; asked where there is a wait."""
        is_number = isinstance(timeout_s, int | float) and not isinstance(timeout_s, bool)
        if timeout_s is not None and not (is_number and timeout_s >= 0):
            raise ValueError(f"timeout_s must be a number of seconds >= 0 or None, not {timeout_s!r}")

    def given(self, waiter: Waiter) -> Entry | None:
        """
        Return what *waiter*, whose wait has ended, was given; None: it has to make an item.

        Raises:
            PoolExhaustedError: its time is up.
            BaseException: why it gets none.
        """
        if not waiter.is_served:
            self._refuse_overdue(waiter)
        if waiter.error is not None:
            raise waiter.error
        return waiter.entry

    def _refuse_overdue(self, waiter: Waiter) -> None:
        with self.lock:
            if waiter.is_served:
                return  # by another thread, just now
            self.core.leave(waiter, self.clock(), why="timeouts")
            raise self.exhausted("timeout", self.clock() - waiter.since)

    def give_up(self, waiter: Waiter) -> None:
        """Have *waiter*, whose wait was broken off, wait no longer; the next one gets what it was given."""
        with self.lock:
            todo = self.core.leave(waiter, self.clock(), why="cancelled")
        self.do(todo)

    def checked(self, entry: Entry, *, is_good: bool) -> Entry | None:
        """Return *entry*, which was looked at and is lent; None: it is closed."""
        with self.lock:
            todo = self.core.checked(entry, self.clock(), is_good=is_good)
        self.do(todo)
        return entry if entry.status == LENT else None

    def fill_soon(self) -> None:
        """Wake the keeper if fewer wait than are to be kept ready."""
        if len(self.core.idle) < self.core.limits.min_idle:
            self.kick.set()

    # making and closing

    def opened(self) -> Steps[Exit]:
        """Make and open one item; raises what the factory raised, or that it gave one that is there."""
        exit_ = yield from self.maker.open()
        entry = self.core.entries.get(id(exit_.value))
        if entry is not None and entry.item is exit_.value:
            yield from self.maker.closer().close(exit_)
            raise self.maker.made_twice(exit_.value)
        return exit_

    def made(self, exit_: Exit, generation: int, took_s: float, *, is_own: bool = False) -> Entry:
        """Take in what was made in *took_s* seconds, for the one who asked or else for whoever needs one."""
        with self.lock:
            finish = self.core.made_own if is_own else self.core.made
            entry, todo = finish(exit_.value, exit_, generation, self.clock(), took_s)
        self.do(todo)
        return entry

    def make_failed(self, error: BaseException, *, is_own: bool = False) -> None:
        """Note that an item could not be made; see `Core.make_failed`."""
        with self.lock:
            todo = self.core.make_failed(error, self.clock(), is_own=is_own)
        self.do(todo)

    def closed(self, entry: Entry, closer: Closer) -> BaseException | None:
        """Note that the closing of *entry* has ended; return what has to be raised at once: Ctrl-C and the like."""
        with self.lock:
            todo = self.core.closed(entry)
        fatal = self._settle(closer)
        self.do(todo)
        if self.core.limits.min_size or self.core.limits.min_idle:
            self.kick.set()  # it has to be made up for
        return fatal

    def _settle(self, closer: Closer) -> BaseException | None:
        fatal: BaseException | None = None
        for error in closer.report.take_all():
            if self.core.state == CLOSING:
                self.report.failed.append(error)
            elif isinstance(error, Exception):
                self.report_lost(error)
            else:
                fatal = error
        return fatal

    def report_lost(self, error: BaseException) -> None:
        """Tell of what closing an item raised where nobody asked for it."""
        report(error, f"an item of {self.maker.label} failed to close", self.maker.binding.target)

    # giving back

    def entry_of(self, item: Any) -> Entry | None:
        """
        Return the entry of *item*, which is given back; None where that changes nothing any more.

        Raises:
            ValueError: it was not borrowed from this pool, or has been given back already.
        """
        entry = self.core.entries.get(id(item))
        if entry is not None and entry.status == LENT and entry.item is item:
            return entry
        if self.cut_off.pop(id(item), None) is not None or any(each.item is item for each in self._foreign):
            return None
        raise self.not_out(item, "is none that it has lent" if entry is None else "was given back already")

    def take_back(self, entry: Entry, verdict: str | None) -> None:
        """Take *entry* from its borrower, and `place` it."""
        with self.lock:
            self.core.take_back(entry, self.clock())
            todo = self._placed(entry, verdict)
        self.do(todo)

    def place(self, entry: Entry, verdict: str | None) -> None:
        """Give *entry*, which nobody has, to who waits longest, or else keep it; close it where *verdict* says why."""
        with self.lock:
            todo = self._placed(entry, verdict)
        self.do(todo)

    def _placed(self, entry: Entry, verdict: str | None) -> Todo:
        return self.core.discard(entry, verdict) if verdict else self.core.offer(entry, self.clock())

    # the whole

    def change(self, decide: Callable[[Core], Todo]) -> None:
        """Have the core decide about the whole, and carry it out."""
        self.refuse_elsewhere()
        with self.lock:
            todo = decide(self.core)
        self.do(todo)
        self.kick.set()

    def stop_lending(self) -> None:
        """Begin to drain: lend no more until `resume`."""
        self.change(lambda core: core.stop_lending(DRAINING, self.refusal) if core.state == OPEN else Todo())

    def look_after(self) -> float:
        """Do what is due; return for how many seconds nothing will be."""
        with self.lock:
            find_lost(self.core)
            todo, late = upkeep(self.core, self.clock())
        self.do(todo)
        self.tell_late(late)
        with self.lock:
            now = self.clock()
            return next_at(self.core, now) - now

    # ending

    def begin_closing(self) -> Todo | None:
        """Lend no more for good; return what has to be done, None where a close has begun before."""
        with self.lock:
            return self.core.stop_lending(CLOSING, self.refusal) if self.is_open else None

    def cut_off_all(self, waited_s: float) -> None:
        """Have what is still out closed, and note who has it."""
        with self.lock:
            out = self.core.out
            if out:
                self.report.failed.insert(0, self.items_out(waited_s))
                self.cut_off.update({id(entry.item): entry for entry in out})
            todo = self.core.cut_off()
        self.do(todo)

    def end(self) -> None:
        """Be closed."""
        self.core.state = CLOSED
        self.tell_changed()
        self.kick.set()

    def raise_failures(self, error: BaseException | None) -> None:
        """Raise what the close has to say; it travels with *error* where there is one."""
        failed, cancelled = self.report.failed, self.report.cancelled
        if error is None and cancelled is None and len(failed) == 1 and isinstance(failed[0], ItemsOutError):
            raise self.report.take_failed()[0]
        failure = self.report.settle(error)
        if failure is not None and failure is not error:
            try:
                raise failure
            finally:
                del failure  # its traceback holds this frame (L16)

    def disown(self) -> None:
        """Begin anew in a forked child: what the parent has is the parent's to use and to close."""
        self.lock = threading.RLock()  # the thread that held it does not exist here
        self._foreign += self.core.disown()  # kept, so that nothing happens to them when they are collected


def _no_loop() -> None:
    return None
