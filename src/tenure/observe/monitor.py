"""
Count what a container opens and closes, how long that takes and how long it lives.

Knows events, and objects that report themselves by hand; must not know the container, and never keeps a resource alive.
"""

import threading
import time
from collections.abc import Callable
from typing import Any, Protocol, TypeAlias

from tenure.events import (
    Abandoned,
    Closed,
    CloseFailed,
    Closing,
    Event,
    Opened,
    OpenFailed,
    Opening,
    ResourceEvent,
)
from tenure.live import Live
from tenure.observe.histogram import Histogram
from tenure.observe.report import MonitorReport
from tenure.observe.tallies import Tallies
from tenure.observe.tracking import HandTracked, Lifetimes

Number: TypeAlias = int | float


class Observable(Protocol):
    """What a monitor asks of a container."""

    def observe(self, observer: Callable[[Event], object], /) -> object:
        """Show every later event to *observer*."""


class ResourceMonitor(Live):
    """
    Count the resources of *container* from now on: created, disposed, active, failed; and measure their times.

    A resource counts as created when it is open, as disposed when its closing ended, normally or with an error. An
    error is an opening or a closing that raised an `Exception`, or a closing that was abandoned at its limit (which is
    then not active any more, and not disposed either); a cancelled opening is no error. What was open before the
    monitor was made is not counted.

    Objects may also report themselves (`track_resource_creation`, `track_resource_disposal`, `track_resource_error`).
    Nothing is counted twice: an object that reported its creation *before it was open* (in `__init__` or while it
    opens) is counted by hand alone, and the events of the opening that stands for it, the next one of a key that its
    class satisfies, are passed over; an error that is reported by hand and then raised counts once. Where that does not
    fit (keys that are no classes), `automatic=False` counts by hand only.

    `report()` tells all of it, `get_report()` and `metrics` the few numbers that go by the names of the document.
    Durations are counted in histograms whose quantiles (median, p95, p99) are nearest ranks over log-spaced buckets, at
    most 1 % from the true value; their number, mean and extremes are exact. See `tenure.observe.histogram`.

    Thread-safe. Memory grows with what is active, with *window*, *max_keys* and *n_slowest*, not with what was.

    Args:
        container: anything with `observe(callback)`.
        automatic: whether to count what the container reports; False counts only what is tracked by hand.
        window: how many lifetimes the median of `get_report()` looks back on, ≥ 1; all other numbers are over all.
        max_keys: how many keys `report()` tells apart, ≥ 1; what comes later is counted together.
        n_slowest: how many of the slowest openings and closings `report()` tells, ≥ 0.

    Raises:
        ValueError: *window* or *max_keys* is less than 1, or *n_slowest* less than 0.
    """

    def __init__(
        self,
        container: Observable,
        *,
        automatic: bool = True,
        window: int = 1024,
        max_keys: int = 1000,
        n_slowest: int = 10,
    ) -> None:
        _refuse_less("window", window, 1, "a median needs at least 1 lifetime to look at")
        _refuse_less("max_keys", max_keys, 1, "at least 1 key is told from the others")
        _refuse_less("n_slowest", n_slowest, 0, "a number of things cannot be negative")

        self.container = container
        # Guards everything below. Re-entrant: a weakref callback or a finalizer may report in the middle of a report.
        self._lock = threading.RLock()
        self._n_created = self._n_disposed = self._n_active = self._n_errors = 0
        self._lifetimes = Lifetimes(window)
        self._all_lifetimes = Histogram()  # of what is counted by events or by hand
        self._tallies = Tallies(max_keys, n_slowest)
        self._began_at = time.perf_counter()
        self._end: Callable[[], object] | None = None
        self._open: set[int] = set()  # openings that are counted and not closed yet
        self._by_hand = HandTracked()
        self._busy: set[int] = set()  # openings whose opening or closing code is running
        self._reported: list[BaseException] = []  # errors told by hand while something was busy, else empty
        if automatic:
            end = container.observe(self)
            self._end = end if callable(end) else None

    def __repr__(self) -> str:
        counts = self.metrics
        return (
            f"<ResourceMonitor [{counts['resources_created']} created, {counts['resources_disposed']} disposed, "
            f"{counts['active_resources']} active, {counts['resource_errors']} errors]>"
        )

    def __call__(self, event: Event) -> None:
        """Take one *event* into account; this is what the container calls."""
        with self._lock:
            self._tallies.take(event)
            match event:
                case Opening() | Closing():
                    self._busy.add(event.id)
                case Opened():
                    self._opened(event)
                    self._at_rest(event)
                case OpenFailed():
                    self._failed(event.error)
                    self._at_rest(event)
                case Closed():
                    self._closed(event)
                    self._at_rest(event)
                case CloseFailed():
                    self._failed(event.error)
                    self._closed(event)
                    self._at_rest(event)
                case Abandoned():
                    self._abandoned(event)
                    self._at_rest(event)

    def _opened(self, event: Opened) -> None:
        if not self._by_hand.claim(event):
            self._open.add(event.id)
            self._n_created += 1
            self._n_active += 1

    def _failed(self, error: BaseException) -> None:
        if isinstance(error, Exception) and not any(error is other for other in self._reported):
            self._n_errors += 1

    def _closed(self, event: Closed | CloseFailed) -> None:
        if self._leave(event):
            self._n_disposed += 1
            self._measure(event.lifetime_s)

    def _measure(self, lifetime_s: float) -> None:
        self._lifetimes.add(lifetime_s)
        self._all_lifetimes.add(lifetime_s)

    def _abandoned(self, event: Abandoned) -> None:
        self._n_errors += 1
        self._leave(event)

    def _leave(self, event: ResourceEvent) -> bool:
        """Count what *event* is about as active no more; False when it is counted by hand or was never counted."""
        self._by_hand.openings.discard(event.id)
        if event.id not in self._open:
            return False
        self._open.remove(event.id)
        self._n_active -= 1
        return True

    def _at_rest(self, event: ResourceEvent) -> None:
        # An error told by hand can only come back while the code that told it runs: it is held no longer than that.
        self._busy.discard(event.id)
        if not self._busy:
            self._reported.clear()

    def track_resource_creation(self, resource: Any) -> None:
        """Count *resource* as created; nothing changes when it is tracked already."""
        with self._lock:
            if self._by_hand.add(resource):
                self._n_created += 1
                self._n_active += 1

    def track_resource_disposal(self, resource: Any) -> None:
        """Count *resource* as disposed; nothing changes when its creation was not reported, or its disposal was."""
        with self._lock:
            lifetime_s = self._by_hand.discard(resource)
            if lifetime_s is not None:
                self._n_disposed += 1
                self._n_active -= 1
                self._measure(lifetime_s)

    def track_resource_error(self, error: BaseException) -> None:
        """Count *error*; when a resource goes on to raise it from its opening or closing, it counts once."""
        with self._lock:
            self._n_errors += 1
            if self._busy:
                self._reported.append(error)

    @property
    def metrics(self) -> dict[str, Number]:
        """The counts and the mean lifetime (seconds) at this moment."""
        with self._lock:
            return {
                "resources_created": self._n_created,
                "resources_disposed": self._n_disposed,
                "active_resources": self._n_active,
                "resource_errors": self._n_errors,
                "avg_lifetime": self._lifetimes.mean_s,
            }

    def get_report(self) -> dict[str, Number]:
        """Return `metrics`, the number of lifetimes measured, and their median (seconds, over the last *window*)."""
        with self._lock:
            return {
                **self.metrics,
                "total_lifetimes_tracked": self._lifetimes.n_tracked,
                "median_lifetime": self._lifetimes.median_s,
            }

    def report(self) -> MonitorReport:
        """
        Return everything that is known at this moment: counts, how long openings, closings and lives took, by key too.

        `str()` of it is made to be read, `as_dict()` to be sent. Durations are seconds; *estimator* says how medians
        and percentiles are estimated. The times of openings and closings are those that the container told of.
        """
        with self._lock:
            tallies, all_of_them = self._tallies, self._tallies.all()
            return MonitorReport(
                self._n_created,
                self._n_disposed,
                self._n_active,
                self._n_errors,
                all_of_them.retries,
                all_of_them.open.distribution(),
                all_of_them.close.distribution(),
                self._all_lifetimes.distribution(),
                tallies.by_key(),
                tallies.by_scope(),
                tallies.slowest(),
                time.perf_counter() - self._began_at,
            )

    def detach(self) -> None:
        """Observe the container no longer; what was counted stays, and what reports itself by hand still counts."""
        end, self._end = self._end, None
        if end is not None:
            end()


def _refuse_less(name: str, value: int, least: int, why: str) -> None:
    if value < least:
        msg = f"{name} is {value}, but {why}"
        raise ValueError(msg)
