"""
Count events by key and by scope, and remember the slowest.

Knows events; holds numbers and keys, never a resource or an error. Not thread-safe: the monitor's lock guards it.
"""

import heapq
from collections.abc import Iterable
from typing import Any

from tenure.events import (
    Abandoned,
    Closed,
    CloseFailed,
    Degraded,
    Event,
    Opened,
    OpenFailed,
    OpenRetried,
    ResourceEvent,
)
from tenure.observe.histogram import Histogram
from tenure.observe.report import OTHERS, Slow, TallyReport


class Tally:
    """What happened to some resources: of one key in one scope, or of several of these together."""

    __slots__ = (
        "abandoned",
        "active",
        "close",
        "close_errors",
        "closed",
        "degraded",
        "lifetime",
        "open",
        "open_errors",
        "opened",
        "retries",
    )

    def __init__(self) -> None:
        self.opened: int = 0
        self.closed: int = 0
        self.active: int = 0
        self.open_errors: int = 0
        self.close_errors: int = 0
        self.abandoned: int = 0
        self.retries: int = 0
        self.degraded: int = 0
        self.open: Histogram = Histogram()
        self.close: Histogram = Histogram()
        self.lifetime: Histogram = Histogram()

    def merge(self, other: "Tally") -> None:
        """Count everything that *other* counted as well."""
        for name in _COUNTS:
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.open.merge(other.open)
        self.close.merge(other.close)
        self.lifetime.merge(other.lifetime)

    def report(self, label: str) -> TallyReport:
        """Return the numbers of now."""
        return TallyReport(
            label, self.opened, self.closed, self.active, self.open_errors, self.close_errors, self.abandoned,
            self.retries, self.degraded, self.open.distribution(), self.close.distribution(),
            self.lifetime.distribution(),
        )  # fmt: skip


_COUNTS = ("opened", "closed", "active", "open_errors", "close_errors", "abandoned", "retries", "degraded")


class Tallies:
    """
    A tally for each key in each scope's name; those of a key, of a scope and of all are put together when asked for.

    Args:
        max_keys: how many keys are told apart, >= 1; those that come later are counted together.
        n_slowest: how many of the slowest openings and closings are remembered, >= 0.
    """

    def __init__(self, max_keys: int, n_slowest: int) -> None:
        self._max_keys = max_keys
        self._n_slowest = n_slowest
        self._labels: dict[Any, str] = {}  # of the keys that are told apart
        self._cells: dict[tuple[Any, str], Tally] = {}
        self._open: dict[int, Tally] = {}  # what an open resource is counted in, by its number
        self._slowest: list[tuple[float, int, Slow]] = []  # a heap, the fastest of them first
        self._n_seen = 0

    def take(self, event: Event) -> None:
        """Take one *event* into account; one that is about no resource changes nothing."""
        match event:
            case Opened():
                self._opened(event)
            case Closed() | CloseFailed():
                self._closed(event)
            case Abandoned():
                tally = self._open.pop(event.id, None)
                if tally is not None:
                    tally.active -= 1
                    tally.abandoned += 1
            case OpenFailed() | OpenRetried() | Degraded():
                self._missed(event)

    def _opened(self, event: Opened) -> None:
        tally = self._open[event.id] = self._cell(event)
        tally.opened += 1
        tally.active += 1
        tally.open.add(event.elapsed_s)
        self._compare("open", event)

    def _closed(self, event: Closed | CloseFailed) -> None:
        tally = self._open.pop(event.id, None)
        if tally is None:  # it was open before anybody counted
            return
        tally.closed += 1
        tally.active -= 1
        tally.close_errors += isinstance(event, CloseFailed) and isinstance(event.error, Exception)
        tally.close.add(event.elapsed_s)
        tally.lifetime.add(event.lifetime_s)
        self._compare("close", event)

    def _missed(self, event: OpenFailed | OpenRetried | Degraded) -> None:
        tally = self._cell(event)
        tally.retries += isinstance(event, OpenRetried)
        tally.degraded += isinstance(event, Degraded)
        # a cancelled opening is no error
        tally.open_errors += isinstance(event, OpenFailed) and isinstance(event.error, Exception)

    def _cell(self, event: ResourceEvent) -> Tally:
        cell = self._cells.get((event.key, event.scope))
        if cell is not None:
            return cell
        key = event.key
        if key not in self._labels:
            if len(self._labels) < self._max_keys:
                self._labels[key] = event.label
            else:
                key = _OTHER
        return self._cells.setdefault((key, event.scope), Tally())

    def _compare(self, act: str, event: Opened | Closed | CloseFailed) -> None:
        self._n_seen += 1
        if len(self._slowest) == self._n_slowest and (not self._slowest or event.elapsed_s <= self._slowest[0][0]):
            return
        slow = event.elapsed_s, -self._n_seen, Slow(act, event.label, event.scope, event.id, event.elapsed_s)
        push = heapq.heappush if len(self._slowest) < self._n_slowest else heapq.heappushpop
        push(self._slowest, slow)

    def all(self) -> Tally:
        """Return the tally of all resources."""
        return _together(self._cells.values())

    def by_key(self) -> tuple[TallyReport, ...]:
        """Return a report for each key, in the order in which they were first seen, the others together at the end."""
        cells: dict[Any, list[Tally]] = {key: [] for key in self._labels}
        for (key, _), cell in self._cells.items():
            cells.setdefault(key, []).append(cell)
        return tuple(_together(found).report(self._labels.get(key, OTHERS)) for key, found in cells.items())

    def by_scope(self) -> tuple[TallyReport, ...]:
        """Return a report for each name of a scope, in the order in which they were first seen."""
        cells: dict[str, list[Tally]] = {}
        for (_, scope), cell in self._cells.items():
            cells.setdefault(scope, []).append(cell)
        return tuple(_together(found).report(scope) for scope, found in cells.items())

    def slowest(self) -> tuple[Slow, ...]:
        """Return the slowest openings and closings, the slowest first; of equals, the earlier one."""
        return tuple(slow for *_, slow in sorted(self._slowest, reverse=True, key=lambda entry: entry[:2]))


_OTHER = object()
"""Stands for all keys beyond those that are told apart."""


def _together(tallies: Iterable[Tally]) -> Tally:
    found = Tally()
    for tally in tallies:
        found.merge(tally)
    return found
