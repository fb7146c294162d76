"""One life of something leased, from its opening to its close: who gets what, and what is waited for at the end."""

import functools
import time
from collections.abc import Callable
from typing import Any

from tenure.errors import AsyncInSyncError, ContainerClosedError, LeasesOutError, LeaseTimeoutError
from tenure.leasing.entry import OPEN, Entry, Todo
from tenure.leasing.timed import Timed
from tenure.leasing.work import C, Limits, Work
from tenure.lifecycle.backends import LimitReachedError, running
from tenure.lifecycle.closing import wrong_loop
from tenure.lifecycle.effects import Steps, drive
from tenure.lifecycle.latch import Latch

__all__ = ["Life", "Limits"]


class Life(Work[C]):
    """One life; the arguments are those of `Work`."""

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
