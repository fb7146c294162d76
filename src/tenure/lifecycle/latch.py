"""A one-shot event that threads and tasks of any loop can wait for."""

import threading
from typing import Any

from tenure.lifecycle.backends import current
from tenure.lifecycle.backends.base import Wake
from tenure.lifecycle.interrupts import let_through, waits


class Latch:
    """
    Starts closed; `set` opens it for good.

    No asyncio or trio object exists before somebody waits (L54), so a latch may be made anywhere.
    """

    __slots__ = ("_guard", "_wakes", "is_set")

    def __init__(self) -> None:
        self.is_set: bool = False
        self._guard = threading.RLock()  # never held over a wait; re-entrant for the collector
        self._wakes: list[Wake] = []

    @property
    def has_waiters(self) -> bool:
        """Whether anybody waits for it now."""
        return bool(self._wakes)

    def set(self) -> None:
        """Open it and wake every waiter; later calls change nothing."""
        with self._guard:
            self.is_set = True
            wakes, self._wakes = self._wakes, []
        for wake in wakes:
            wake()

    def then(self, wake: Wake) -> None:
        """Have *wake* called once it is open, at once if it is; on the thread that opens it."""
        self._enlist(wake)

    def _enlist(self, wake: Wake) -> None:
        with self._guard:
            if not self.is_set:
                self._wakes.append(wake)
                return
        wake()

    def _delist(self, wake: Wake) -> None:
        with self._guard:
            if wake in self._wakes:
                self._wakes.remove(wake)

    @waits
    def block(self, seconds: float | None = None) -> None:
        """Wait on this thread, at most *seconds*; Ctrl-C gets through."""
        if self.is_set:
            return
        event = threading.Event()
        self._enlist(event.set)
        try:
            let_through()
            event.wait(seconds)
        finally:
            self._delist(event.set)

    async def wait(self) -> None:
        """Wait on the running loop; may be cancelled."""
        if self.is_set:
            return
        wake, wait = current().waiter()
        self._enlist(wake)
        try:
            await wait()
        finally:
            self._delist(wake)

    async def wait_out(self, seconds: float | None = None) -> BaseException | None:
        """Wait on the running loop whoever cancels, at most *seconds*; see `Backend.wait_out`."""
        if self.is_set:
            return None
        backend: Any = current()
        wake, wait = backend.waiter()
        self._enlist(wake)
        try:
            saved: BaseException | None = await backend.wait_out(wait, seconds)
        finally:
            self._delist(wake)
        return saved
