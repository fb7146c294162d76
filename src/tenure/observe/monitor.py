"""
Count what a container opens and closes, and how long it lives.

Knows events, and objects that report themselves by hand; must not know the container, and never keeps a resource alive.
"""

import threading
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
from tenure.observe.tracking import HandTracked, Lifetimes

Number: TypeAlias = int | float


class Observable(Protocol):
    """What a monitor asks of a container."""

    def observe(self, observer: Callable[[Event], object], /) -> object:
        """Show every later event to *observer*."""


class ResourceMonitor:
    """
    Count the resources of *container* from now on: created, disposed, active, failed; and measure their lifetimes.

    A resource counts as created when it is open, as disposed when its closing ended, normally or with an error. An
    error is an opening or a closing that raised an `Exception`, or a closing that was abandoned at its limit (which is
    then not active any more, and not disposed either); a cancelled opening is no error. What was open before the
    monitor was made is not counted.

    Objects may also report themselves (`track_resource_creation`, `track_resource_disposal`, `track_resource_error`).
    Nothing is counted twice: an object that reported its creation *before it was open* (in `__init__` or while it
    opens) is counted by hand alone, and the events of the opening that stands for it, the next one of a key that its
    class satisfies, are passed over; an error that is reported by hand and then raised counts once. Where that does not
    fit (keys that are no classes), `automatic=False` counts by hand only.

    Thread-safe. Memory grows with what is active and with *window*, not with what was.

    Args:
        container: anything with `observe(callback)`.
        automatic: whether to count what the container reports; False counts only what is tracked by hand.
        window: how many lifetimes the median looks back on, ≥ 1; the other numbers are exact over all.

    Raises:
        ValueError: *window* is less than 1.
    """

    def __init__(self, container: Observable, *, automatic: bool = True, window: int = 1024) -> None:
        if window < 1:
            msg = f"window is {window}, but a median needs at least 1 lifetime to look at"
            raise ValueError(msg)

        self.container = container
        # Guards everything below. Re-entrant: a weakref callback or a finalizer may report in the middle of a report.
        self._lock = threading.RLock()
        self._n_created = self._n_disposed = self._n_active = self._n_errors = 0
        self._lifetimes = Lifetimes(window)
        self._open: set[int] = set()  # openings that are counted and not closed yet
        self._by_hand = HandTracked()
        self._busy: set[int] = set()  # openings whose opening or closing code is running
        self._reported: list[BaseException] = []  # errors told by hand while something was busy, else empty
        if automatic:
            container.observe(self)

    def __repr__(self) -> str:
        counts = self.metrics
        return (
            f"<ResourceMonitor [{counts['resources_created']} created, {counts['resources_disposed']} disposed, "
            f"{counts['active_resources']} active, {counts['resource_errors']} errors]>"
        )

    def __call__(self, event: Event) -> None:
        """Take one *event* into account; this is what the container calls."""
        with self._lock:
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
            self._lifetimes.add(event.lifetime_s)

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
                self._lifetimes.add(lifetime_s)

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
