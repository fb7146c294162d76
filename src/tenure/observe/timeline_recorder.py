"""
Make timelines of the events between the beginning and the end of a start or close.

Knows events; holds numbers, keys and names, never a resource or an error, and of what is open only which needs which.
"""

import threading
from collections import deque
from collections.abc import Callable

from tenure.events import (
    Abandoned,
    Closed,
    CloseFailed,
    Event,
    Opened,
    OpenFailed,
    Opening,
    ResourceEvent,
    ScopeLeaving,
    ScopeLeft,
    StartBegan,
    StartEnded,
)
from tenure.live import Live
from tenure.observe.monitor import Observable
from tenure.observe.timeline import Timeline
from tenure.observe.timeline_window import Window, said


class TimelineRecorder(Live):
    """
    Keep the timelines of the last starts and closes of *container*.

    Every start is kept (of the container, of a scope), and every close of the container; closes of scopes only where
    *scopes* asks for them. Make it before the container is started: what a resource needs is told when it is opened.
    Thread-safe. Memory grows with what is open and with *keep*, *max_spans*.

    Args:
        container: anything with `observe(callback)`.
        scopes: whether the closes of scopes are kept as well.
        keep: how many timelines of each kind are kept, >= 1.
        max_spans: how many openings and closings one timeline has at most, >= 1; it says how many were left out.

    Raises:
        ValueError: *keep* or *max_spans* is less than 1.
    """

    def __init__(self, container: Observable, *, scopes: bool = False, keep: int = 16, max_spans: int = 10_000) -> None:
        for name, value in {"keep": keep, "max_spans": max_spans}.items():
            if value < 1:
                msg = f"{name} is {value}, but a recorder that keeps nothing has nothing to tell"
                raise ValueError(msg)
        self._scopes = scopes
        self._max_spans = max_spans
        self._lock = threading.RLock()  # guards what follows; re-entrant for finalizers that close something
        self._starts: deque[Timeline] = deque(maxlen=keep)
        self._closes: deque[Timeline] = deque(maxlen=keep)
        self._needs: dict[int, tuple[int, ...]] = {}  # of what is open
        self._opening: dict[int, Opening] = {}  # what is being opened, for starts that begin meanwhile
        self._gone: list[int] = []  # what was closed since a start or close began that needs to know the needs of it
        self._windows: dict[tuple[str, int], Window] = {}
        end = container.observe(self)
        self._end: Callable[[], object] | None = end if callable(end) else None

    @property
    def starts(self) -> tuple[Timeline, ...]:
        """The last starts, the oldest first."""
        with self._lock:
            return tuple(self._starts)

    @property
    def closes(self) -> tuple[Timeline, ...]:
        """The last closes, the oldest first."""
        with self._lock:
            return tuple(self._closes)

    def detach(self) -> None:
        """Observe the container no longer; what was recorded stays."""
        end, self._end = self._end, None
        if end is not None:
            end()

    def __call__(self, event: Event) -> None:
        """Take one *event* into account; this is what the container calls."""
        with self._lock:
            match event:
                case StartBegan():
                    self._windows["start", event.scope_id] = Window(event, self._max_spans, self._opening.values())
                case StartEnded():
                    self._end_window("start", event.scope_id, event, event.error, self._starts)
                case ScopeLeaving() if event.scope == "root" or self._scopes:
                    self._windows["close", event.scope_id] = Window(event, self._max_spans)
                case ScopeLeft():
                    self._end_window("close", event.scope_id, event, event.outcome, self._closes)
                case ResourceEvent():
                    self._note(event)

    def _note(self, event: ResourceEvent) -> None:
        for window in self._windows.values():
            window.add(event)
        match event:
            case Opening():
                self._opening[event.id] = event
            case Opened():
                self._opening.pop(event.id, None)
                self._needs[event.id] = event.needs
            case OpenFailed():
                self._opening.pop(event.id, None)
            case Closed() | CloseFailed() | Abandoned():
                self._gone.append(event.id)
        self._forget()

    def _forget(self) -> None:
        if not self._windows:  # a start that fails closes what it opened before it ends
            for id in self._gone:
                self._needs.pop(id, None)
            self._gone.clear()

    def _end_window(
        self, act: str, scope_id: int, event: Event, error: BaseException | None, into: deque[Timeline]
    ) -> None:
        window = self._windows.pop((act, scope_id), None)
        if window is not None:
            into.append(window.timeline(event.at, said(error), self._needs))
        self._forget()
