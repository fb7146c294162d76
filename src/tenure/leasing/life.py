"""
One life of something leased, from its opening to its close: carries out what its core decides.

Everything is said once, in steps: on a thread they are driven on the spot, on an event loop as a coroutine. The core is
touched under the lock only.
"""

import contextvars
import functools
import threading
import time
from collections.abc import Callable
from typing import Any, Generic, TypeVar

from tenure.errors import AsyncInSyncError, ContainerClosedError, LeasesOutError, LeaseTimeoutError
from tenure.leasing.apart import Items
from tenure.leasing.core import Core
from tenure.leasing.entry import OPEN, Asked, Entry, Todo
from tenure.lifecycle.backends import LimitReachedError, current, running
from tenure.lifecycle.closing import wrong_loop
from tenure.lifecycle.effects import Steps, adrive, drive
from tenure.lifecycle.exits import Exit
from tenure.lifecycle.interrupts import let_through, waits
from tenure.lifecycle.latch import Latch
from tenure.lifecycle.outcome import Report
from tenure.lifecycle.unraisable import report
from tenure.record import record

C = TypeVar("C", bound=Core)


@record
class Limits:
    """How long is waited, seconds; None: for ever."""

    timeout_s: float | None
    close_timeout_s: float


class Life(Generic[C]):
    """
    One life.

    Args:
        core: decides.
        items: makes and closes.
        limits: how long is waited.
        clock: gives seconds.
        background: whether a task or thread does what is due because time passed.

    Attributes:
        lock: never held while user code runs or anybody waits; re-entrant, for the collector may run code of users.
    """

    def __init__(
        self, core: C, items: Items, limits: Limits, clock: Callable[[], float] | None, background: bool
    ) -> None:
        self.core: C = core
        self.items: Items = items
        self.limits: Limits = limits
        self.clock: Callable[[], float] = clock or time.monotonic
        self.background: bool = background
        self.lock: Any = threading.RLock()
        self.report: Report = Report(items.label)
        self.kick: Latch = Latch()
        self.token: Any = current().token() if items.is_async else None
        self._changed = Latch()
        self._owners: dict[Entry, Any] = {}
        self._is_over = False

    # what each kind says

    def ask(self, key: Any) -> Asked:
        """Ask the core for a lease; under the lock."""
        raise NotImplementedError

    def due(self) -> Todo:
        """Return what has to be done because time passed; under the lock."""
        raise NotImplementedError

    def next_at(self) -> float:
        """Return when that is next, seconds of the clock; under the lock."""
        raise NotImplementedError

    def arguments(self, entry: Entry) -> tuple[Any, ...]:
        """Return what the factory is called with for *entry*, before everything else."""
        raise NotImplementedError

    def arrived(self, entry: Entry) -> Todo:
        """Tell the core that *entry* is open; under the lock."""
        return self.core.made(entry, self.clock())

    def missed(self, entry: Entry, error: BaseException) -> None:
        """Tell the core that *entry* could not be made; under the lock."""
        self.core.failed(entry, error)

    # leasing

    def take(self, key: Any) -> Steps[Entry]:
        """
        Lease the item of *key*; whoever does has to give it back.

        Raises:
            ContainerClosedError: it is closing or closed.
            LeaseTimeoutError: there was none in time.
            BaseException: what making it raised.
        """
        began = time.monotonic()
        while True:
            with self.lock:
                asked, changed = self.ask(key), self._changed
                self._prepare(asked.todo)
            entry = asked.entry
            if entry is not None and entry.status == OPEN and not asked.todo.make and not asked.todo.close:
                return entry
            try:
                yield from self.do(asked.todo)
                if asked.is_refused:
                    raise ContainerClosedError(self.items.label, "closed" if self._is_over else "closing")
                yield from self._wait(changed if entry is None else entry.ready, began, key, entry)
            except BaseException:
                if entry is not None:
                    yield from self.do(self._returned(entry))
                raise
            if entry is None:
                continue  # there may be room now
            if entry.error is None:
                return entry
            with self.lock:
                self._returned(entry)
            if isinstance(entry.error, Exception):
                raise entry.error.with_traceback(entry.error.__traceback__)
            # whoever made it was cancelled or interrupted, which is nobody else's business

    def _wait(self, latch: Latch, began: float, key: Any, entry: Entry | None) -> Steps[None]:
        limit_s = self.limits.timeout_s
        if latch.is_set:
            return
        try:
            yield latch if limit_s is None else Timed(latch, began + limit_s - time.monotonic())
        except LimitReachedError:
            with self.lock:
                in_use = [] if entry is not None else [each.key for each in self.core.leased]
            raise LeaseTimeoutError(self.items.label, key, limit_s or 0.0, in_use) from None

    def _returned(self, entry: Entry) -> Todo:
        with self.lock:
            todo = self.core.give_back(entry, self.clock())
            self._prepare(todo)
            self._tell_changed()
        return todo

    def give_back(self, entry: Entry) -> None:
        """Take a lease back; does not wait on a loop, and may be called from any thread."""
        todo = self._returned(entry)
        if not self.items.is_async:
            drive(self.do(todo))
        elif todo.close:
            self._on_loop(functools.partial(self._start_closing, todo))
        self.kick.set()

    def _on_loop(self, function: Callable[[], None]) -> None:
        backend = running()
        if backend is not None and backend.token() is self.token:
            function()
        elif hasattr(self.token, "call_soon_threadsafe"):
            self.token.call_soon_threadsafe(function)
        else:
            self.token.run_sync_soon(function)

    # carrying out

    def _prepare(self, todo: Todo) -> None:
        """Give what is about to be made or closed the latch that others wait for; under the lock."""
        for entry in todo.make:
            entry.ready = Latch()
        for entry in todo.close:
            entry.gone = Latch()

    def do(self, todo: Todo) -> Steps[None]:
        """Close and make: on the spot, or by tasks that are only started here."""
        if self.items.is_async:
            self._begin_all(todo)
            return
        try:
            for entry in todo.close:
                yield from self._close_one(entry)
        except BaseException as error:  # Ctrl-C: nobody will make what was to come after
            for entry in todo.make:
                self._has_failed(entry, error)
            raise
        for entry in todo.make:
            yield from self._make_here(entry)

    def _begin_all(self, todo: Todo) -> None:
        self._start_closing(todo)
        for entry in todo.make:
            self._start_making(entry)

    def _make_here(self, entry: Entry) -> Steps[None]:
        try:
            exit_ = yield from self._steps_to_make(entry)
        except BaseException as error:
            self._has_failed(entry, error)
            if not isinstance(error, Exception):
                raise
            return
        yield from self.do(self._is_made(entry, exit_))

    def _steps_to_make(self, entry: Entry) -> Steps[Exit]:
        before, entry.after = entry.after, None
        if before is not None and before.gone is not None:
            yield before.gone
        exit_ = yield from self.items.open(*self.arguments(entry))
        try:
            self.look_at(entry, exit_.value)
        except BaseException:
            yield from self.items.closer().close(exit_)
            raise
        return exit_

    def look_at(self, entry: Entry, value: Any) -> None:
        """Learn from *value*, just made, what its entry has to know; what this raises is a failure of the making."""

    def _start_making(self, entry: Entry) -> None:
        def told(exit_: Exit | None, error: BaseException | None) -> None:
            self._owners.pop(entry, None)
            if exit_ is None:
                assert error is not None, "one or the other"
                self._has_failed(entry, error)
            else:
                self._start_closing(self._is_made(entry, exit_))

        def ended() -> None:
            with self.lock:
                self.core.ended(entry)
                self._tell_changed()

        self._owners[entry] = self.items.open_aside(lambda: self._steps_to_make(entry), told, ended)

    def _is_made(self, entry: Entry, exit_: Exit) -> Todo:
        with self.lock:
            entry.exit, entry.value = exit_, exit_.value
            todo = self.arrived(entry)
            self._prepare(todo)
            self._tell_changed()
        entry.ready.set()
        self.kick.set()
        return todo

    def _has_failed(self, entry: Entry, error: BaseException) -> None:
        with self.lock:
            self.missed(entry, error)
            self._tell_changed()
            is_heard = entry.n_leases > 0
        entry.ready.set()
        self.kick.set()
        if not is_heard and isinstance(error, Exception):
            self.tell_unheard(error)

    def tell_unheard(self, error: Exception) -> None:
        """Tell of an item that could not be made while nobody waited for it."""
        report(error, f"{self.items.label}: making an item failed, and nobody waits for it", self.items.binding.target)

    def _start_closing(self, todo: Todo) -> None:
        for entry in todo.close:
            closing = functools.partial(self._aclose_one, entry)
            current().spawn(closing, contextvars.copy_context(), f"tenure close of {self.items.label}")

    async def _aclose_one(self, entry: Entry) -> None:
        await adrive(self._close_one(entry))

    def _close_one(self, entry: Entry) -> Steps[None]:
        closer, exit_ = self.items.closer(), entry.exit
        try:
            yield from closer.close(exit_)
        finally:
            entry.exit = entry.value = None
            with self.lock:
                self.core.closed(entry)
                self._tell_changed()
            entry.gone.set()
            self._account(closer.report)

    def _account(self, closed: Report) -> None:
        """Keep what a closing raised for whoever closes everything, or tell it where nobody does."""
        for error in closed.take_all():
            if self.core.is_closing:
                self.report.failed.append(error)
            elif isinstance(error, Exception):
                report(error, f"an item of {self.items.label} failed to close", self.items.binding.target)
            else:
                raise error

    def _tell_changed(self) -> None:
        changed, self._changed = self._changed, Latch()
        changed.set()

    # time

    def look_after(self) -> float:
        """Do what is due because time passed; return for how many seconds nothing will be."""
        self.decide(self.due)
        with self.lock:
            return self.next_at() - self.clock()

    def decide(self, decision: Callable[[], Todo]) -> None:
        """Take *decision* under the lock and carry it out, for nobody who waits."""
        with self.lock:
            todo = decision()
            self._prepare(todo)
            self._tell_changed()
        if self.items.is_async:
            self._begin_all(todo)
        else:
            drive(self.do(todo))

    # the end

    def close(self) -> Steps[None]:
        """
        Close everything; what is leased is waited for, and closed in the end nevertheless.

        Raises:
            CloseError: what the closing raised, a LeasesOutError among it where something was still leased.
        """
        with self.lock:
            is_first = not self.core.is_closing
            todo = self.core.stop() if is_first else Todo()
            self._prepare(todo)
            self._tell_changed()
        self.kick.set()
        for owner in list(self._owners.values()):
            owner.abandon()  # nobody wants what it makes
        yield from self.do(todo)
        limit_s = self.limits.close_timeout_s
        if not (yield from self._ends(limit_s)) and is_first:
            with self.lock:
                in_use = [entry.key for entry in self.core.leased]
                todo = self.core.cut_off()
                self._prepare(todo)
            if in_use:
                self.report.failed.insert(0, LeasesOutError(self.items.label, limit_s, in_use))
            yield from self.do(todo)
            yield from self._ends(limit_s)
        self._is_over = True
        failure = self.report.settle(None)
        if failure is not None:
            try:
                raise failure
            finally:
                del failure  # its traceback holds this frame (L16)

    def _ends(self, seconds: float) -> Steps[bool]:
        """Wait until nothing is there any more, at most *seconds*; tell whether that is so."""
        ends_at = time.monotonic() + seconds
        while True:
            with self.lock:
                is_empty, changed = self.core.is_empty, self._changed
            left_s = ends_at - time.monotonic()
            if is_empty or left_s <= 0:
                return is_empty
            if self.items.is_async:
                self.report.take_up((yield changed.wait_out(left_s)))
            else:
                try:
                    yield Timed(changed, left_s)
                except LimitReachedError:
                    return False

    def refuse_elsewhere(self) -> None:
        """Raise what tells of a use where it cannot be used: on another loop than its own, or on none."""
        if not self.items.is_async:
            return
        backend = running()
        if backend is None:
            raise AsyncInSyncError([self.items.label], "use", "`async with` on an event loop")
        if backend.token() is not self.token:
            raise wrong_loop(self.items.label, self.token, backend)

    @property
    def is_over(self) -> bool:
        """Whether it is closed."""
        return self._is_over


class Timed:
    """A wait for *latch*, at most *seconds*; raises `LimitReachedError` then."""

    __slots__ = ("latch", "seconds")

    def __init__(self, latch: Latch, seconds: float) -> None:
        self.latch: Latch = latch
        self.seconds: float = max(0.0, seconds)

    @waits
    def block(self) -> None:
        """Wait on this thread; Ctrl-C gets through."""
        event = threading.Event()
        self.latch.then(event.set)
        let_through()
        if not event.wait(self.seconds):
            raise LimitReachedError

    async def wait(self) -> None:
        """Wait on the running loop; may be cancelled."""
        async with current().limit(self.seconds):
            await self.latch.wait()
