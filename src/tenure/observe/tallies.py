"""
Count events by key and by scope, and remember the slowest.

Knows events; holds numbers and keys, never a resource or an error. Not thread-safe: the monitor's lock guards it.
"""

import heapq
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
    """What happened to the resources of one key, of one scope, or to all of them."""

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

    def report(self, label: str) -> TallyReport:
        """Return the numbers of now."""
        return TallyReport(
            label, self.opened, self.closed, self.active, self.open_errors, self.close_errors, self.abandoned,
            self.retries, self.degraded, self.open.distribution(), self.close.distribution(),
            self.lifetime.distribution(),
        )  # fmt: skip


class Tallies:
    """
    Tallies of all resources, of each key and of each scope's name.

    Args:
        max_keys: how many keys are told apart, >= 1; those that come later are counted together.
        n_slowest: how many of the slowest openings and closings are remembered, >= 0.
    """

    def __init__(self, max_keys: int, n_slowest: int) -> None:
        self.all: Tally = Tally()
        self._max_keys = max_keys
        self._n_slowest = n_slowest
        self._by_key: dict[Any, tuple[str, Tally]] = {}
        self._by_scope: dict[str, Tally] = {}
        self._others: Tally | None = None
        self._open: dict[int, tuple[Tally, ...]] = {}  # what an open resource is counted in, by its number
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
                self._abandoned(event)
            case OpenFailed() | OpenRetried() | Degraded():
                self._missed(event)

    def _opened(self, event: Opened) -> None:
        tallies = self._open[event.id] = self._of(event)
        for tally in tallies:
            tally.opened += 1
            tally.active += 1
            tally.open.add(event.elapsed_s)
        self._compare("open", event)

    def _closed(self, event: Closed | CloseFailed) -> None:
        tallies = self._open.pop(event.id, ())  # () for what was open before anybody counted
        for tally in tallies:
            tally.closed += 1
            tally.active -= 1
            tally.close_errors += isinstance(event, CloseFailed) and isinstance(event.error, Exception)
            tally.close.add(event.elapsed_s)
            tally.lifetime.add(event.lifetime_s)
        if tallies:
            self._compare("close", event)

    def _abandoned(self, event: Abandoned) -> None:
        for tally in self._open.pop(event.id, ()):
            tally.active -= 1
            tally.abandoned += 1

    def _missed(self, event: OpenFailed | OpenRetried | Degraded) -> None:
        for tally in self._of(event):
            tally.retries += isinstance(event, OpenRetried)
            tally.degraded += isinstance(event, Degraded)
            # a cancelled opening is no error
            tally.open_errors += isinstance(event, OpenFailed) and isinstance(event.error, Exception)

    def _of(self, event: ResourceEvent) -> tuple[Tally, ...]:
        in_scope = self._by_scope.get(event.scope)
        if in_scope is None:
            in_scope = self._by_scope[event.scope] = Tally()
        return self.all, self._of_key(event), in_scope

    def _of_key(self, event: ResourceEvent) -> Tally:
        known = self._by_key.get(event.key)
        if known is not None:
            return known[1]
        if len(self._by_key) < self._max_keys:
            tally = Tally()
            self._by_key[event.key] = event.label, tally
            return tally
        if self._others is None:
            self._others = Tally()
        return self._others

    def _compare(self, act: str, event: Opened | Closed | CloseFailed) -> None:
        self._n_seen += 1
        if len(self._slowest) == self._n_slowest and (not self._slowest or event.elapsed_s <= self._slowest[0][0]):
            return
        slow = event.elapsed_s, -self._n_seen, Slow(act, event.label, event.scope, event.id, event.elapsed_s)
        push = heapq.heappush if len(self._slowest) < self._n_slowest else heapq.heappushpop
        push(self._slowest, slow)

    def by_key(self) -> tuple[TallyReport, ...]:
        """Return a report for each key, in the order in which they were first seen, the others together at the end."""
        found = [tally.report(label) for label, tally in self._by_key.values()]
        return (*found, self._others.report(OTHERS)) if self._others is not None else tuple(found)

    def by_scope(self) -> tuple[TallyReport, ...]:
        """Return a report for each name of a scope, in the order in which they were first seen."""
        return tuple(tally.report(name) for name, tally in self._by_scope.items())

    def slowest(self) -> tuple[Slow, ...]:
        """Return the slowest openings and closings, the slowest first; of equals, the earlier one."""
        return tuple(slow for *_, slow in sorted(self._slowest, reverse=True, key=lambda entry: entry[:2]))
