"""What every event is, and who is shown it; the events themselves are in `events`, which few programs import."""

from collections.abc import Callable
from typing import TypeAlias

from tenure.record import record


@record
class Event:
    """Something that happened at *at* (seconds, `time.perf_counter`)."""

    at: float


Event.__module__ = "tenure.events"  # where programs find it

Observer: TypeAlias = Callable[[Event], object]
"""A callable that is shown every event."""
