"""
What an inspection cannot see at one moment: when scopes were entered, how long openings took, what went wrong.

An observer; holds numbers and texts, never a resource or an error, and is bounded by what is open.
"""

import threading
import time
from collections import deque
from collections.abc import Callable

from tenure.events import (
    Abandoned,
    Closed,
    CloseFailed,
    Degraded,
    Event,
    Opened,
    OpenFailed,
    Opening,
    OpenRetried,
    ScopeEntered,
    ScopeLeft,
    StartEnded,
)
from tenure.keys import Key
from tenure.observe.inspection import CountsNow, ErrorNow, SlowNow
from tenure.observe.masking import told
from tenure.observe.monitor import Observable
from tenure.observe.tallies import Tallies

_ACTS: dict[type[Event], str] = {OpenFailed: "open", OpenRetried: "retry", Degraded: "degrade", CloseFailed: "close"}


class Watch:
    """
    Watch *container* from now on, for its inspections; `detach()` ends it.

    Thread-safe. Memory grows with what is open and with *keep*. Like any observer it turns off the swift way, so that
    a scope costs what docs/performance.md says of observed ones.

    Args:
        container: anything with `observe(callback)`.
        keep: how many errors, and how many of the slowest openings and closings are kept, >= 1.

    Raises:
        ValueError: *keep* is less than 1.
    """

    def __init__(self, container: Observable, *, keep: int = 20) -> None:
        if keep < 1:
            msg = f"keep is {keep}, but a watch that keeps nothing has nothing to tell"
            raise ValueError(msg)
        self._lock = threading.RLock()  # guards what follows; re-entrant for finalizers that close something
        self._open_s: dict[int, float] = {}
        self._opening_at: dict[tuple[Key, int], dict[int, float]] = {}
        self._entered_at: dict[int, float] = {}
        self._errors: deque[ErrorNow] = deque(maxlen=keep)
        self._tallies = Tallies(max_keys=1, n_slowest=keep)  # keys are not told apart
        self._began_at = time.perf_counter()
        end = container.observe(self)
        self._end: Callable[[], object] | None = end if callable(end) else None

    def detach(self) -> None:
        """Watch no longer; what was seen stays."""
        end, self._end = self._end, None
        if end is not None:
            end()

    def __call__(self, event: Event) -> None:
        """Take one *event* into account; this is what the container calls."""
        with self._lock:
            self._tallies.take(event)
            match event:
                case Opening() | Opened() | OpenFailed():
                    self._note_opening(event)
                case Closed() | CloseFailed() | Abandoned():
                    self._open_s.pop(event.id, None)
                case ScopeEntered():
                    self._entered_at[event.scope_id] = event.at
                case ScopeLeft():
                    self._entered_at.pop(event.scope_id, None)
            self._note_error(event)

    def _note_opening(self, event: Opening | Opened | OpenFailed) -> None:
        place = event.key, event.scope_id
        if isinstance(event, Opening):
            self._opening_at.setdefault(place, {})[event.id] = event.at
            return
        under_way = self._opening_at.get(place, {})
        under_way.pop(event.id, None)
        if not under_way:
            self._opening_at.pop(place, None)
        if isinstance(event, Opened):
            self._open_s[event.id] = event.elapsed_s

    def _note_error(self, event: Event) -> None:
        match event:
            case OpenFailed() | OpenRetried() | Degraded() | CloseFailed():
                if isinstance(event.error, Exception):  # a cancellation is no error
                    self._keep(_ACTS[type(event)], event.label, event.scope, told(event.error))
            case Abandoned():
                text = f"closing ran over its limit of {event.limit_s:g} s"
                self._keep("abandon", event.label, event.scope, text)
            case StartEnded() if isinstance(event.error, Exception):
                self._keep("start", event.scope, event.scope, told(event.error))

    def _keep(self, act: str, name: str, scope: str, text: str) -> None:
        self._errors.append(ErrorNow(time.time(), act, name, scope, text))

    # asking

    def open_s(self, id: int) -> float | None:
        """Return how many seconds the opening *id* took, None if that was not seen."""
        return self._open_s.get(id)

    def opening_at(self, key: Key, scope_id: int) -> float | None:
        """Return when the opening of *key* in a scope began that is under way (`perf_counter`), None if none is."""
        with self._lock:
            return min(self._opening_at.get((key, scope_id), {}).values(), default=None)

    def entered_at(self, scope_id: int) -> float | None:
        """Return when a scope was entered (`perf_counter`), None if that was not seen."""
        return self._entered_at.get(scope_id)

    def errors(self) -> tuple[ErrorNow, ...]:
        """Return the last errors, the last one first."""
        with self._lock:
            return tuple(reversed(self._errors))

    def counts_and_slowest(self) -> tuple[CountsNow, tuple[SlowNow, ...]]:
        """Return what was counted, and the slowest openings and closings."""
        with self._lock:
            found, slow = self._tallies.all(), self._tallies.slowest()
        n_errors = found.open_errors + found.close_errors + found.abandoned
        watched_s = time.perf_counter() - self._began_at
        counts = CountsNow(found.opened, found.closed, found.active, n_errors, found.retries, watched_s)
        slowest = tuple(SlowNow(each.act, each.label, each.scope, each.id, each.elapsed_s) for each in slow)
        return counts, slowest
