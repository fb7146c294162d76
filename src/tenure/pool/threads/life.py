"""The life of a pool for threads: what has to be done is done by the thread that finds it, outside the lock."""

import threading
from types import FrameType
from typing import Any

from tenure.lifecycle.backends import running
from tenure.lifecycle.effects import drive
from tenure.lifecycle.interrupts import uninterrupted
from tenure.lifecycle.unraisable import report
from tenure.pool.decisions.core import CLOSED, CLOSING, OPEN, Answer, Todo
from tenure.pool.decisions.entry import AWAY, LENT, Entry, Waiter
from tenure.pool.lives.judging import is_no
from tenure.pool.lives.keeping import start_thread
from tenure.pool.lives.life import Life
from tenure.pool.making import Maker, stopwatch
from tenure.pool.setup import Setup
from tenure.pool.threads.waits import await_turn, await_until, waiter_here


class ThreadLife(Life):
    """One life of a pool for threads."""

    def __init__(self, setup: Setup, maker: Maker, before: Life | None = None) -> None:
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
                entry: Entry | None = self._waited(waiter, answer.todo, timeout_s)
            else:
                entry = self._answered(answer)
            if entry is not None:
                self.fill_soon()
                return self.lent(entry, frame)
            if answer.refusal is not None:
                raise self.refusal_of(answer)

    def _ask(self, began: float) -> tuple[Answer, Waiter | None]:
        with self.lock:
            answer = self.core.ask(self.clock())
            if not answer.must_wait:
                return answer, None
            if running() is not None:
                return Answer(answer.todo, refusal="loop"), None
            waiter = waiter_here(began)
            self.core.enlist(waiter, answer.todo)
            return answer, waiter

    def _answered(self, answer: Answer) -> Entry | None:
        """Return what one who need not wait gets, None where there is nothing, or not yet."""
        try:
            if answer.must_make:
                return self._make_own()
            return answer.entry if answer.check is None else self._checked(answer.check)
        finally:
            self.do(answer.todo)

    def _waited(self, waiter: Waiter, todo: Todo, timeout_s: float | None) -> Entry:
        try:
            try:
                self.do(todo)
                await_turn(waiter, timeout_s)
            except BaseException:
                self.give_up(waiter)
                raise
            entry = self.given(waiter) or self._make_own()
        except BaseException as error:
            self.tell_waited(waiter.since, error)
            raise
        self.tell_waited(waiter.since)
        return entry

    def _checked(self, entry: Entry) -> Entry | None:
        """Look at *entry*; it is lent then, or, a bad one, closed: None."""
        is_good, found = False, None
        try:
            is_good = not is_no(self.setup.check, entry.item)
        finally:
            found = self.checked(entry, is_good=is_good)
        return found

    def _make_own(self) -> Entry:
        """Make an item for the running thread; there is room for it."""
        entry = self._make(is_own=True)
        if entry.status != LENT:
            raise self.refusal()
        return entry

    def _make(self, *, is_own: bool) -> Entry:
        """Make an item, for the running thread or else for whoever needs one; there is room for it."""
        generation, took_s = self.core.generation, stopwatch()
        try:
            exit_ = drive(self.opened())
        except BaseException as error:
            self.make_failed(error, is_own=is_own)
            raise
        return self.made(exit_, generation, took_s(), is_own=is_own)

    # giving back

    def give_back(self, item: Any, error: BaseException | None) -> None:
        """Take *item* back from its borrower, whose body ended with *error*; does not wait."""
        entry = self.core.entries.get(id(item))
        judges = self._judges_good if error is None else self._judges_failed
        with self.lock:
            if entry is None or entry.status is not LENT or entry.item is not item:
                entry = self.entry_of(item)
                if entry is None:
                    return
            if not judges and self.quick_return(entry):
                return
            entry.status = AWAY
        if judges:
            self._judge(entry, error)
        else:
            self.take_back(entry, None)

    def _judge(self, entry: Entry, error: BaseException | None) -> None:
        verdict: Any = "interrupted"
        try:
            verdict = self.judge.verdict(entry.item, error)
            if verdict is not None and not isinstance(verdict, str):
                verdict = self._unawaited()
        finally:
            with self.lock:
                is_back = verdict is None and entry.status is AWAY and self.quick_return(entry)
            if not is_back:
                self.take_back(entry, verdict)

    def _unawaited(self) -> str:
        """Tell that `reset=` gave something to await; return what is said of the item then."""
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
            self.tell_changed()
        if fatal is not None:
            raise fatal

    def tell_changed(self) -> None:
        """Wake who waits for the whole to be back, or closed."""
        with self._changed:
            self._changed.notify_all()

    def _close_one(self, entry: Entry) -> BaseException | None:
        closer = self.maker.closer()
        drive(closer.close(entry.exit))
        return self.closed(entry, closer)

    def _fill_one(self) -> BaseException | None:
        try:
            self._make(is_own=False)
        except Exception:  # noqa: BLE001 - told as an event; it is tried again after a delay
            return None
        except BaseException as error:  # noqa: BLE001 - raised when all is done
            return error
        return None

    @uninterrupted
    def look_after(self) -> float:
        """Do what is due; return for how many seconds nothing will be."""
        return super().look_after()

    # ending

    @uninterrupted
    def drain(self, deadline_s: float | None) -> bool:
        """Lend no more and wait until everything is back; tell whether it is."""
        self.stop_lending()
        return self._until(lambda: self.is_all_back, deadline_s)

    def _until(self, is_so: Any, seconds: float | None) -> bool:
        return await_until(self._changed, is_so, seconds)

    @uninterrupted
    def close(self, error: BaseException | None = None) -> None:
        """
        Close everything; what is out is waited for, and closed in the end nevertheless.

        Args:
            error: what ended the body of the pool, if anything: what is raised here travels with it.
        """
        limit_s = self.setup.limits.close_timeout_s
        todo = self.begin_closing()
        if todo is None:
            self._until(lambda: self.core.state == CLOSED, limit_s)
            return
        try:
            self.do(todo)
            if not self._until(lambda: self.core.is_empty, limit_s):
                self.cut_off_all(limit_s)
        finally:
            self.end()
        self.raise_failures(error)

    def abandon(self) -> None:
        """Close everything at once: nobody refers to the pool any more, or the program ends."""
        with self.lock:
            todo = self.core.stop_lending(CLOSING, self.refusal)
        self.do(todo)
        self.cut_off_all(0.0)
        self.end()
        self.raise_failures(None)

    def disown(self) -> None:
        """Begin anew in a forked child, where no other thread runs."""
        super().disown()
        self.kick = threading.Event()
        self._changed = threading.Condition(self.lock)
        self._keeper = None
