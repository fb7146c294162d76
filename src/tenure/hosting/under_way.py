"""Calls that are under way when their server stops: the container is closed when the last one has ended."""

import threading
from collections.abc import Callable
from types import TracebackType
from typing import Any

from tenure.lifecycle.latch import Latch

LIMIT_S = 10.0
"""How long calls that a server leaves behind may take to end, in seconds; then the container closes their scopes."""


class UnderWay:
    """
    How many calls run, on threads and tasks of any loop: a context manager to put around each.

    Entered and left any number of times, in any order.
    """

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._n_calls = 0
        self._waiting: list[Callable[[], Any]] = []

    def __enter__(self) -> None:
        with self._guard:
            self._n_calls += 1

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._guard:
            self._n_calls -= 1
            ended, self._waiting = ([], self._waiting) if self._n_calls else (self._waiting, [])
        for each in ended:
            each()

    def block(self, seconds: float = LIMIT_S) -> None:
        """Wait on this thread until none runs, at most *seconds*."""
        event = threading.Event()
        self._then(event.set)
        event.wait(seconds)

    async def wait(self, seconds: float | None = LIMIT_S) -> None:
        """Wait on the running loop until none runs, at most *seconds* (None: for ever), whoever cancels meanwhile."""
        latch = Latch()
        self._then(latch.set)
        cancelled = await latch.wait_out(seconds)
        if cancelled is not None:
            raise cancelled

    def _then(self, wake: Callable[[], Any]) -> None:
        with self._guard:
            if self._n_calls:
                self._waiting.append(wake)
                return
        wake()
