"""Whether threads work for a loop: time must not jump over what they are about to do."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from tenure.lifecycle import on_thread


class AtWork:
    """
    The threads on which Tenure closes, counted; see `VirtualClock` for the arguments.

    Attributes:
        n_threads: how many work.
    """

    def __init__(self, idle_s: float, thread_idle_s: float) -> None:
        self.n_threads: int = 0
        self._idle_s = idle_s
        self._thread_idle_s = max(idle_s, thread_idle_s)
        self._guard = threading.Lock()
        self.changed: list[Callable[[], None]] = []

    def idle_s(self, n_jobs: int = 0) -> float:
        """Return for how many real seconds nothing has to happen before time jumps; *n_jobs* more threads work."""
        return self._thread_idle_s if self.n_threads or n_jobs else self._idle_s

    def has_changed_since(self, idle_s: float, n_jobs: int) -> bool:
        """Tell whether fewer are at work than when *idle_s* was right, so that their news may be on its way."""
        return idle_s > self.idle_s(n_jobs)

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Count the threads that begin meanwhile."""
        room: Any = on_thread.__dict__
        original, room["threading"] = room["threading"], _Threading(self)
        try:
            yield
        finally:
            room["threading"] = original

    def count(self, change: int) -> None:
        """Note that one more works, or one less."""
        with self._guard:
            self.n_threads += change
        for tell in tuple(self.changed):
            tell()


class _Threading:
    """The module `threading`, with threads that are counted."""

    def __init__(self, at_work: AtWork) -> None:
        self._at_work = at_work

    def __getattr__(self, name: str) -> Any:
        return getattr(threading, name)

    def Thread(self, *, target: Callable[[], None], **how: Any) -> threading.Thread:  # noqa: N802 - of that name
        """Return a thread that is counted while it runs."""
        at_work = self._at_work

        def run() -> None:
            try:
                target()
            finally:
                at_work.count(-1)

        at_work.count(1)
        return threading.Thread(target=run, **how)
