"""A pool for threads: what has to be done is done by the thread that finds it, outside the lock."""

import _thread
import math
import threading
import time
from collections.abc import Callable
from types import FrameType
from typing import Any

from tenure.lifecycle.backends import running
from tenure.lifecycle.effects import drive
from tenure.lifecycle.exits import Exit
from tenure.lifecycle.interrupts import let_through, uninterrupted, waits
from tenure.lifecycle.unraisable import report
from tenure.pool.decisions.core import CLOSED, CLOSING, DRAINING, OPEN, Answer, Core, Todo
from tenure.pool.decisions.entry import AWAY, LENT, Entry, Waiter
from tenure.pool.decisions.upkeep import find_lost, next_at, upkeep
from tenure.pool.keeping import start_thread
from tenure.pool.life import Life, is_no
from tenure.pool.making import stopwatch

_SLICE_S = 1.0
"""Seconds of one wait: Ctrl-C that comes just before it begins is heard when it ends, and not before (CPython)."""


class ThreadLife(Life):
    """One life of a pool for threads."""

    def __init__(self, setup: Any, maker: Any, before: Life | None = None) -> None:
        super().__init__(setup, maker, before)
        self.kick: threading.Event = threading.Event()
        self._changed = threading.Condition(self.lock)
        self._keeper: threading.Thread | None = None

    @uninterrupted
    def open(self) -> None:
        """
        Make what is always kept, and begin to look after it.

        Raises:
            BaseException: what the factory raised; everything is closed again.
        """
        try:
            for _ in range(self.setup.limits.min_size):
                with self.lock:
                    self.core.n_making += 1
                self._make(is_own=False)
        except BaseException as error:
            self.close(error)
            raise
        self._keep()

    def _keep(self) -> None:
        if self._keeper is None and self.setup.background and self.is_open:
            self._keeper = start_thread(self)

    # lending

    def take(self, timeout_s: float | None, frame: FrameType) -> Entry:
        """Lend an item, waiting for one at most *timeout_s* seconds."""
        with self.lock:
            entry = self.quick(frame)
        return entry if entry is not None else self._take(timeout_s, frame)

    @uninterrupted
    def _take(self, timeout_s: float | None, frame: FrameType) -> Entry:
        self.check_timeout(timeout_s)
        began = self.clock()
        self._keep()
        while True:
            answer, waiter = self._ask(began)
            if waiter is not None:
                found = self._waited(waiter, answer.todo, timeout_s)
                self._fill_soon()
                return self.lent(found, frame)
            entry = answer.entry
            try:
                if answer.must_make:
                    entry = self._make_own()
                elif answer.check is not None:
                    entry = self._checked(answer.check)
            finally:
                self.do(answer.todo)
            if entry is not None:
                self._fill_soon()
                return self.lent(entry, frame)
            if answer.refusal is not None:
                raise self.refusal() if answer.refusal == "state" else self.exhausted(answer.refusal)

    def _ask(self, began: float) -> tuple[Answer, Waiter | None]:
        with self.lock:
            answer = self.core.ask(self.clock())
            if not answer.must_wait:
                return answer, None
            if running() is not None:
                return Answer(answer.todo, refusal="loop"), None
            gate = _thread.allocate_lock()
            gate.acquire()
            waiter = Waiter(gate.release, began, gate)
            self.core.enlist(waiter)
            return answer, waiter

    def _waited(self, waiter: Waiter, todo: Todo, timeout_s: float | None) -> Entry:
        try:
            try:
                self.do(todo)
                _block(waiter.gate, timeout_s)
            except BaseException:
                with self.lock:
                    todo = self.core.leave(waiter, self.clock(), why="cancelled")
                self.do(todo)
                raise
            self._refuse_overdue(waiter)
            if waiter.error is not None:
                raise waiter.error
            entry = waiter.entry if waiter.entry is not None else self._make_own()
        except BaseException as error:
            self.tell_waited(waiter.since, error)
            raise
        self.tell_waited(waiter.since)
        return entry

    def _refuse_overdue(self, waiter: Waiter) -> None:
        with self.lock:
            if waiter.is_served:
                return
            self.core.leave(waiter, self.clock(), why="timeouts")
            raise self.exhausted("timeout", self.clock() - waiter.since)

    def _checked(self, entry: Entry) -> Entry | None:
        """Look at *entry*; it is lent then, or, a bad one, closed: None."""
        is_good = False
        try:
            is_good = not is_no(self.setup.check, entry.item)
        finally:
            with self.lock:
                todo = self.core.checked(entry, self.clock(), is_good=is_good)
            self.do(todo)
        return entry if entry.status == LENT else None

    def _make_own(self) -> Entry:
        """Make an item for the running thread; there is room for it."""
        entry = self._make(is_own=True)
        if entry.status != LENT:
            raise self.refusal()
        return entry

    def _make(self, is_own: bool) -> Entry:
        """Make an item, for the running thread or else for whoever needs one; there is room for it."""
        core, generation, took_s = self.core, self.core.generation, stopwatch()
        try:
            exit_ = self._opened()
        except BaseException as error:
            with self.lock:
                todo = core.make_failed(error, self.clock(), is_own=is_own)
            self.do(todo)
            raise
        finish = core.made_own if is_own else core.made
        with self.lock:
            entry, todo = finish(exit_.value, exit_, generation, self.clock(), took_s())
        self.do(todo)
        return entry

    def _opened(self) -> Exit:
        exit_: Exit = drive(self.maker.open())
        if self.is_known(exit_.value):
            drive(self.maker.closer().close(exit_))
            raise self.maker.made_twice(exit_.value)
        return exit_

    # giving back

    def give_back(self, item: Any, error: BaseException | None) -> None:
        """Take *item* back from its borrower, whose body ended with *error*; does not wait."""
        entry = self.core.entries.get(id(item))
        with self.lock:
            if entry is None or entry.status is not LENT or entry.item is not item:
                entry = self.entry_of(item)
                if entry is None:
                    return
            if not self._judges and self.quick_return(entry):
                return
            entry.status = AWAY
        self._give_back(entry, error)

    def _give_back(self, entry: Entry, error: BaseException | None) -> None:
        core, verdict, todo = self.core, "interrupted", None
        try:
            verdict = self._verdict(entry, error)
        finally:
            with self.lock:
                if verdict is not None or entry.status is not AWAY or not self.quick_return(entry):
                    core.take_back(entry, self.clock())
                    todo = core.discard(entry, verdict) if verdict else core.offer(entry, self.clock())
            if todo is not None:
                self.do(todo)

    def _verdict(self, entry: Entry, error: BaseException | None) -> Any:
        verdict = self.judge(entry, error)
        if verdict is None or isinstance(verdict, str):
            return verdict
        failure = TypeError(f"reset= of {self.maker.label} gave something to await, and nothing awaits it here")
        report(failure, f"an item of {self.maker.label} is discarded", self.setup.reset)
        return "reset"

    # what has to be done

    def do(self, todo: Todo) -> None:
        """Carry out *todo*, all of it; what closing raises has no caller here, save Ctrl-C and the like."""
        fatal: BaseException | None = None
        for waiter in todo.wake:
            waiter.wake()
        for entry, _ in todo.close:
            fatal = self._close_one(entry) or fatal
        for _ in range(todo.n_make):
            fatal = self._fill_one() or fatal
        if self.core.state != OPEN:
            with self._changed:
                self._changed.notify_all()
        if fatal is not None:
            raise fatal

    def _close_one(self, entry: Entry) -> BaseException | None:
        closer = self.maker.closer()
        drive(closer.close(entry.exit))
        with self.lock:
            todo = self.core.closed(entry)
        fatal = self.settle(closer)
        self.do(todo)
        if self.keeps_some:
            self.kick.set()
        return fatal

    def _fill_one(self) -> BaseException | None:
        try:
            self._make(is_own=False)
        except Exception:  # noqa: BLE001 - told as an event; it is tried again after a delay
            return None
        except BaseException as error:  # noqa: BLE001 - raised when all is done
            return error
        return None

    def _fill_soon(self) -> None:
        if len(self.core.idle) < self.core.limits.min_idle:
            self.kick.set()

    @uninterrupted
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

    # the whole

    def change(self, decide: Callable[[Core], Todo]) -> None:
        """Have the core decide about the whole, and carry it out."""
        with self.lock:
            todo = decide(self.core)
        self.do(todo)
        self.kick.set()

    @uninterrupted
    def drain(self, deadline_s: float | None) -> bool:
        """Lend no more and wait until everything is back; tell whether it is."""
        self.change(lambda core: core.stop_lending(DRAINING, self.refusal) if core.state == OPEN else Todo())
        return self._until(lambda: self.is_all_back, deadline_s)

    def _until(self, is_so: Callable[[], bool], seconds: float | None) -> bool:
        """Wait until *is_so*, at most *seconds*; tell whether it is."""
        ends_at = None if seconds is None else time.monotonic() + seconds
        with self._changed:
            while not is_so():
                left_s = None if ends_at is None else ends_at - time.monotonic()
                if left_s is not None and left_s <= 0:
                    return False
                _await_change(self._changed, left_s)
        return True

    @uninterrupted
    def close(self, error: BaseException | None = None) -> None:
        """
        Close everything; what is out is waited for, and closed in the end nevertheless.

        Args:
            error: what ended the body of the pool, if anything: what is raised here travels with it.
        """
        with self.lock:
            is_mine = self.is_open
            todo = self.core.stop_lending(CLOSING, self.refusal) if is_mine else Todo()
        limit_s = self.setup.limits.close_timeout_s
        if not is_mine:
            self._until(lambda: self.core.state == CLOSED, limit_s)
            return
        try:
            self.do(todo)
            if not self._until(lambda: self.core.is_empty, limit_s):
                self._cut_off(limit_s)
        finally:
            with self._changed:
                self.core.state = CLOSED
                self._changed.notify_all()
            self.kick.set()
        self.raise_failures(error)

    def _cut_off(self, limit_s: float) -> None:
        with self.lock:
            todo = self.cut_off_all(limit_s)
        self.do(todo)

    def abandon(self) -> None:
        """Close everything at once: nobody refers to the pool any more, or the program ends."""
        with self.lock:
            todo = self.core.stop_lending(CLOSING, self.refusal)
        self.do(todo)
        self._cut_off(0.0)
        self.core.state = CLOSED
        self.kick.set()
        self.raise_failures(None)

    def disown(self) -> None:
        """Begin anew in a forked child, where no other thread runs."""
        super().disown()
        self.kick = threading.Event()
        self._changed = threading.Condition(self.lock)
        self._keeper = None


@waits
def _block(gate: Any, seconds: float | None) -> None:
    """Wait on this thread until *gate* is released, at most *seconds*; Ctrl-C gets through."""
    let_through()
    ends_at = math.inf if seconds is None else time.monotonic() + seconds
    while not gate.acquire(timeout=max(0.0, min(ends_at - time.monotonic(), _SLICE_S))):
        if time.monotonic() >= ends_at:
            return


@waits
def _await_change(changed: threading.Condition, seconds: float | None) -> None:
    """Wait on this thread until *changed* is told, at most *seconds*, or for a while; Ctrl-C gets through."""
    let_through()
    changed.wait(_SLICE_S if seconds is None else min(seconds, _SLICE_S))
