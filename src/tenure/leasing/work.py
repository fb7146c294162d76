"""
Carries out what a core decides: items are made and closed, and whoever waits is told.

Everything is said once, in steps: on a thread they are driven on the spot, on an event loop as a coroutine. The core is
touched under the lock only.
"""

import contextvars
import functools
import os
import threading
import time
from collections.abc import Callable
from typing import Any, Generic, TypeVar

from tenure.leasing.apart import Items
from tenure.leasing.core import Core
from tenure.leasing.entry import Asked, Entry, Todo
from tenure.lifecycle.backends import current
from tenure.lifecycle.effects import Steps, adrive, drive
from tenure.lifecycle.exits import Exit
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


class Work(Generic[C]):
    """
    What one life does about its items.

    Args:
        core: decides.
        items: makes and closes.
        limits: how long is waited.
        clock: gives seconds.
        background: whether a task or thread does what is due because time passed.

    Attributes:
        process: the number of the process that it belongs to.
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
        self.process: int = os.getpid()
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
        before = entry.after
        if before is not None:
            yield before.gone
            with self.lock:
                entry.after = None  # not before: its place would be taken twice
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
