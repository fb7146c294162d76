"""
What happens to the resources of a container from its start to its close, by key: what the progress tree draws.

An observer; knows events. Only what the container itself owns counts: scopes come and go while the program serves.
"""

import threading
import time
from collections.abc import Callable, Sequence
from typing import Any

from tenure.cli.planning import Step
from tenure.events import (
    Abandoned,
    Closed,
    CloseFailed,
    Closing,
    Event,
    Opened,
    OpenFailed,
    Opening,
    OpenRetried,
    ResourceEvent,
    ScopeLeaving,
    StartEnded,
)
from tenure.keys import Key
from tenure.observe.masking import told

WAITING, OPENING, OPEN, CLOSING, CLOSED, FAILED = "waiting", "opening", "open", "closing", "closed", "failed"


class Row:
    """
    One resource.

    Attributes:
        state: "waiting", "opening", "open", "closing", "closed" or "failed".
        at: when that began, by `time.perf_counter`; 0 while it waits.
        elapsed_s: seconds that the last opening or closing took, None before it ended.
        note: the error of a failure, or how many attempts failed.
    """

    __slots__ = ("at", "elapsed_s", "key", "n_retries", "name", "needs", "note", "state")

    def __init__(self, key: Key, name: str, needs: tuple[str, ...]) -> None:
        self.key: Key = key
        self.name: str = name
        self.needs: tuple[str, ...] = needs
        self.state: str = WAITING
        self.at: float = 0.0
        self.elapsed_s: float | None = None
        self.n_retries: int = 0
        self.note: str = ""


class Life:
    """
    One run of a container.

    Args:
        steps: what its start will open.

    Attributes:
        act: "start", "serve" or "close".
        began_at: when that began, by `time.perf_counter`.
        start_s: seconds that the start took, None before its end.
    """

    def __init__(self, steps: Sequence[Step]) -> None:
        self._lock = threading.RLock()  # guards the rows; re-entrant for finalizers that close something
        self._rows: dict[Any, Row] = {step.key: Row(step.key, step.name, step.needs) for step in steps}
        self._act_changed: list[Callable[[str], None]] = []
        self.act: str = "start"
        self.began_at: float = time.perf_counter()
        self.start_s: float | None = None

    def then(self, call: Callable[[str], None]) -> None:
        """Have *call* called with each act that begins from now on, on the thread where it does."""
        self._act_changed.append(call)

    def __call__(self, event: Event) -> None:
        """Take one *event* into account; this is what the container calls."""
        with self._lock:
            self._take_act(event)
            if isinstance(event, ResourceEvent) and event.scope == "root":
                self._take(event)

    def _take_act(self, event: Event) -> None:
        if isinstance(event, StartEnded) and event.scope == "root" and self.act == "start":
            self.start_s = event.at - self.began_at
            if event.error is None:
                self._begin("serve", event.at)
        elif self.act == "serve" and isinstance(event, ScopeLeaving) and event.scope == "root":
            self._begin("close", event.at)

    def _begin(self, act: str, at: float) -> None:
        self.act, self.began_at = act, at
        for call in self._act_changed:
            call(act)

    def _take(self, event: ResourceEvent) -> None:
        row = self._rows.get(event.key)
        if row is None:
            row = self._rows[event.key] = Row(event.key, event.label, ())
        match event:
            case Opening():
                row.state, row.at, row.elapsed_s = OPENING, event.at, None
            case OpenRetried():
                row.n_retries += 1
                row.note = f"attempt {event.attempt + 1} after {told(event.error)}"
            case Opened():
                row.state, row.at, row.elapsed_s, row.note = OPEN, event.at, event.elapsed_s, ""
            case Closing():
                row.state, row.at, row.elapsed_s = CLOSING, event.at, None
            case Closed():
                row.state, row.at, row.elapsed_s = CLOSED, event.at, event.elapsed_s
            case OpenFailed() | CloseFailed():
                row.state, row.at, row.elapsed_s, row.note = FAILED, event.at, event.elapsed_s, told(event.error)
            case Abandoned():
                row.state, row.at, row.note = FAILED, event.at, f"given up after {event.limit_s:g} s"

    def rows(self) -> list[Row]:
        """Return a copy of each row, in order of opening as planned."""
        with self._lock:
            return [_copy(row) for row in self._rows.values()]


def _copy(row: Row) -> Row:
    copied = Row(row.key, row.name, row.needs)
    for name in Row.__slots__:
        setattr(copied, name, getattr(row, name))
    return copied
