"""
The notion of stopping: an object that can be asked whether to stop, and waited for, from any thread or task.

Knows no signals and no containers: `tenure.run` requests the stop of a run, a worker is given one of its own.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from tenure.lifecycle.latch import Latch
from tenure.live import Live


class Stop(Live):
    """
    Whether to stop: asked for once, for good.

    >>> stop = Stop()
    >>> stop.requested
    False
    >>> stop.request()
    >>> stop.wait_sync(timeout=1.0)
    True
    """

    __slots__ = ("__weakref__", "_event", "_is_watched", "_latch", "_reason", "_requested")

    def __init__(self) -> None:
        self._latch: Latch = Latch()
        self._event: threading.Event | None = None
        self._requested = False
        self._reason: Any = None
        self._is_watched = False

    def __repr__(self) -> str:
        return f"<Stop {'requested' if self._requested else 'not requested'}>"

    def __bool__(self) -> bool:
        """Refuse: `if stop:` would hold always, and was meant to ask `stop.requested`."""
        raise TypeError("a Stop is neither true nor false; ask stop.requested")

    @property
    def requested(self) -> bool:
        """Whether it was asked to stop."""
        return self._requested

    @property
    def reason(self) -> Any:
        """The `signal.Signals`, the exception, or whatever else was given to the first `request`; None before."""
        return self._reason

    @property
    def is_watched(self) -> bool:
        """Whether the code that is to stop asked for this object, and so can be expected to end by itself."""
        return self._is_watched

    def watch(self) -> "Stop":
        """Note that somebody who is to stop has it; return it."""
        self._is_watched = True
        return self

    def mark(self, reason: Any = None) -> None:
        """Let `requested` be true from now on and wake nobody yet: all that a signal handler may do."""
        if not self._requested:
            self._reason = reason
            self._requested = True

    def request(self, reason: Any = None) -> None:
        """
        Ask to stop; the first reason counts. May be called from any thread, though not from a signal handler.

        Args:
            reason: why; an exception makes a run end with it.
        """
        self.mark(reason)
        self._latch.set()

    def then(self, callback: Callable[[], None]) -> None:
        """Have *callback* called when it is asked to stop, on the thread that asks; at once if it was."""
        self._latch.then(callback)

    async def wait(self) -> None:
        """Wait on the running loop, asyncio or trio, until it is asked to stop; may be cancelled."""
        await self._latch.wait()

    def wait_sync(self, timeout: float | None = None) -> bool:
        """
        Wait on this thread until it is asked to stop; Ctrl-C gets through.

        Args:
            timeout: seconds to wait at most; None: any time.

        Returns:
            Whether it was asked to stop.
        """
        event = self._event
        if event is None:  # of two threads that come first each gets an event that will be set
            event = self._event = threading.Event()
            self._latch.then(event.set)
        return event.wait(timeout)


_now: ContextVar[Stop | None] = ContextVar("tenure.stop", default=None)
_in_main: ContextVar[bool] = ContextVar("tenure.in_main", default=False)
_active: list[Stop] = []
"""The stops of the runs under way, for threads and tasks that a run did not start."""


def run_stop() -> Stop | None:
    """Return the stop of the run that the running code is part of, None where there is none."""
    mine = _now.get()
    if mine is not None:
        return mine
    active = list(_active)
    return active[0] if len(active) == 1 else None


def stopping() -> Stop:
    """
    Return the stop of the run that the running code is part of; of the only run there is, in a thread of its own.

    Main, having asked, is expected to end by itself within the drain limit; a thread that a run did not start is taken
    for one of main's, a worker is not. Outside `tenure.run` it is a stop that nobody will request.
    """
    found = run_stop()
    if found is None:
        return Stop()
    is_beside_main = _now.get() is not None and not _in_main.get()
    return found if is_beside_main else found.watch()


@contextmanager
def in_main() -> Iterator[None]:
    """Let the body, and the tasks that it starts, be main, which ends by itself once it has asked for the stop."""
    token = _in_main.set(True)
    try:
        yield
    finally:
        _in_main.reset(token)


@contextmanager
def serving(stop: Stop) -> Iterator[None]:
    """Let `stopping()` give *stop* in the body, and in the tasks that it starts."""
    token = _now.set(stop)
    _active.append(stop)
    try:
        yield
    finally:
        _active.remove(stop)
        _now.reset(token)
