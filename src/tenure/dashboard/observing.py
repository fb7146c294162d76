"""
Observe a container while somebody looks, and over its start; else it is left alone, for observed containers are slower.

One function is what the container calls; behind it stand the watch, the recorder of timelines, the failures, and
whoever is to be told that something happened.
"""

import threading
from collections.abc import Callable
from typing import Any

from tenure.dashboard.failures import Failures
from tenure.events import Event, ScopeEntered, StartEnded
from tenure.observe.timeline import Timeline
from tenure.observe.timeline_recorder import TimelineRecorder
from tenure.observe.watch import Watch


class _Feed:
    """What observers are given in place of the container, so that all are attached and let go together."""

    def __init__(self) -> None:
        self.observers: list[Callable[[Event], object]] = []

    def observe(self, observer: Callable[[Event], object], /) -> None:
        """Show every later event to *observer*."""
        self.observers.append(observer)


class Observation:
    """
    What is known of a container by its events.

    Args:
        engine: its engine.
        on_event: called after each event, from any thread; must not wait.
        starts: whether to observe from now on until its start has ended, whoever looks.

    Attributes:
        watch: of the events since somebody looked; None before. What was seen stays when nobody looks any more.
        failures: the same.
    """

    def __init__(self, engine: Any, on_event: Callable[[], object], *, starts: bool) -> None:
        self._engine = engine
        self._on_event = on_event
        self._lock = threading.RLock()  # guards what follows; re-entrant, for an event may end an observation
        self._end: Callable[[], object] | None = None
        self._is_looked_at = False
        self._recorder: TimelineRecorder | None = None
        self._observers: tuple[Callable[[Event], object], ...] = ()
        self._kept: dict[str, Timeline] = {}
        self.watch: Watch | None = None
        self.failures: Failures = Failures()
        if starts:
            self._begin()

    @property
    def is_on(self) -> bool:
        """Whether the container is observed now."""
        return self._end is not None

    def look(self) -> None:
        """Somebody looks from now on."""
        with self._lock:
            self._is_looked_at = True
            self._begin()

    def look_away(self) -> None:
        """Nobody looks any more."""
        with self._lock:
            self._is_looked_at = False
            self._stop()

    def timelines(self) -> list[Timeline]:
        """Return the last start and the last close that were seen, as far as any was."""
        with self._lock:
            self._keep()
            return list(self._kept.values())

    def _begin(self) -> None:
        if self._end is None:
            feed = _Feed()  # new ones each time: they know what is open by having seen it open
            self.watch, self._recorder, self.failures = Watch(feed, keep=100), TimelineRecorder(feed), Failures()
            self._observers = (*feed.observers, self.failures)
            self._end = self._engine.observe(self._see)

    def _stop(self) -> None:
        end, self._end = self._end, None
        if end is not None:
            self._keep()
            end()

    def _keep(self) -> None:
        if self._recorder is not None:
            timelines = (*self._recorder.starts, *self._recorder.closes)
            self._kept.update((each.act, each) for each in timelines if each.scope == "root")

    def _see(self, event: Event) -> None:
        for observer in self._observers:
            observer(event)
        # Never waits for the lock: whoever has it may wait for one of the container's, held by whoever tells the event.
        if not self._is_looked_at and self._is_end_of_start(event) and self._lock.acquire(blocking=False):
            try:
                if not self._is_looked_at:
                    self._stop()
            finally:
                self._lock.release()
        self._on_event()

    @staticmethod
    def _is_end_of_start(event: Event) -> bool:
        # A scope that is entered says that this container is not started all at once: nobody waits for that any longer.
        return isinstance(event, ScopeEntered) or (isinstance(event, StartEnded) and event.scope == "root")
