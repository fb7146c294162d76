"""
What metrics are made of: the instruments, and what each event adds to which of them.

The same for every system that takes metrics; knows none of them. Names are OpenTelemetry's; times are seconds.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from tenure.events import (
    Abandoned,
    BorrowerWaited,
    Closed,
    CloseFailed,
    Degraded,
    Event,
    Leak,
    Opened,
    OpenFailed,
    OpenRetried,
    ResourceEvent,
    ScopeEntered,
    ScopeLeaving,
    ScopeLeft,
    StartEnded,
)
from tenure.observe.attributes import CONTAINER, ERROR, KEY, SCOPE, error_type, is_of_root
from tenure.observe.census import Census
from tenure.record import record

if TYPE_CHECKING:
    from tenure.health import HealthReport

LEAK = "tenure.leak.kind"
POOL = "pool.name"
BUCKETS_S = (0.0001, 0.001, 0.005, 0.01, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0, 3600.0)
"""Upper limits of the buckets of every histogram, seconds."""
ABANDONED = "timeout"
"""What stands for the error of a closing that ran over its limit."""


@record(eq=False)
class Instrument:
    """One metric."""

    name: str
    kind: str
    """"histogram", "counter" (only grows), "gauge" (goes up and down by what is measured) or "value" (is measured)."""
    unit: str
    """As UCUM writes it: "s", or what is counted in braces."""
    description: str
    attributes: tuple[str, ...]
    """Besides the name of the container; each measurement has all of them, "" where one says nothing."""


OPEN = Instrument(
    "tenure.resource.open.duration", "histogram", "s", "How long openings took, retries included", (KEY, SCOPE, ERROR)
)
CLOSE = Instrument("tenure.resource.close.duration", "histogram", "s", "How long closings took", (KEY, SCOPE, ERROR))
LIFETIME = Instrument(
    "tenure.resource.lifetime", "histogram", "s", "How long resources that were closed had been open", (KEY, SCOPE)
)
RETRIES = Instrument("tenure.resource.open.retries", "counter", "{retry}", "Openings tried again", (KEY, SCOPE, ERROR))
DEGRADED = Instrument(
    "tenure.resource.degraded", "counter", "{failure}", "Optional resources that failed to open", (KEY, SCOPE, ERROR)
)
ACTIVE = Instrument("tenure.resource.active", "gauge", "{resource}", "Resources that are open", (KEY, SCOPE))
SCOPES = Instrument("tenure.scope.active", "gauge", "{scope}", "Scopes that are entered and not left", (SCOPE,))
START = Instrument("tenure.container.start.duration", "histogram", "s", "How long eager starts took", (SCOPE, ERROR))
STOP = Instrument("tenure.container.stop.duration", "histogram", "s", "How long closing the container took", ())
LEAKS = Instrument("tenure.leaks", "counter", "{leak}", "What was kept too long, or never given back", (SCOPE, LEAK))
WAIT = Instrument(
    "tenure.pool.wait_time", "histogram", "s", "How long borrowers of a pool waited that had to", (POOL, ERROR)
)
HEALTH = Instrument(
    "tenure.health.status", "value", "1", "1: healthy, 0.5: degraded, 0: unhealthy; of the last report", (KEY,)
)

INSTRUMENTS = (OPEN, CLOSE, LIFETIME, RETRIES, DEGRADED, ACTIVE, SCOPES, START, STOP, LEAKS, WAIT, HEALTH)


@record(unguarded=True)
class Measurement:
    """What an event adds to one instrument."""

    instrument: Instrument
    value: float
    attributes: dict[str, str]


class Measuring:
    """
    Turns the events of one container into measurements.

    Args:
        name: what the container is called.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._census = Census()
        self._stop_began_at: dict[int, float] = {}  # of roots, by number

    def begin(self, container: Any) -> list[Measurement]:
        """Return what is open in *container* now, of which every later event is measured."""
        resources, scopes = self._census.begin(container)
        return [self._active(*note, 1) for note in resources] + [self._scope(scope, 1) for scope in scopes]

    def end(self) -> list[Measurement]:
        """Return what takes away again whatever is still counted as open: nobody will tell when it is closed."""
        resources, scopes = self._census.resources.empty(), self._census.scopes.empty()
        return [self._active(*note, -1) for note in resources] + [self._scope(scope, -1) for scope in scopes]

    def of(self, event: Event) -> Iterator[Measurement]:
        """Return what *event* adds."""
        change = self._census.take(event)
        match event:
            case ResourceEvent():
                if change:
                    yield self._active(event.label, event.scope, change)
                yield from self._of_resource(event)
            case ScopeEntered() | ScopeLeft() if change:
                yield self._scope(event.scope, change)
            case StartEnded():
                yield self._measurement(START, event.elapsed_s, event.scope, _error(event.error))
            case ScopeLeaving() if is_of_root(event):
                self._stop_began_at[event.scope_id] = event.at
            case ScopeLeft():
                began_at = self._stop_began_at.pop(event.scope_id, None)
                if began_at is not None:
                    yield self._measurement(STOP, event.at - began_at)
            case Leak():
                yield self._measurement(LEAKS, 1, event.scope, event.kind)
            case BorrowerWaited():
                yield self._measurement(WAIT, event.elapsed_s, event.pool, _error(event.error))

    def of_health(self, report: "HealthReport") -> Iterator[Measurement]:
        """Return what *report* says of each resource that could be checked."""
        for each in report.resources:
            if each.status in _HEALTH:
                yield self._measurement(HEALTH, _HEALTH[each.status], each.label)

    def _of_resource(self, event: ResourceEvent) -> Iterator[Measurement]:
        of = event.label, event.scope
        match event:
            case Opened():
                yield self._measurement(OPEN, event.elapsed_s, *of, "")
            case OpenFailed():
                yield self._measurement(OPEN, event.elapsed_s, *of, _error(event.error))
            case OpenRetried():
                yield self._measurement(RETRIES, 1, *of, _error(event.error))
            case Degraded():
                yield self._measurement(DEGRADED, 1, *of, _error(event.error))
            case Closed() | CloseFailed():
                error = event.error if isinstance(event, CloseFailed) else None
                yield self._measurement(CLOSE, event.elapsed_s, *of, _error(error))
                yield self._measurement(LIFETIME, event.lifetime_s, *of)
            case Abandoned():
                yield self._measurement(CLOSE, event.limit_s, *of, ABANDONED)

    def _active(self, label: str, scope: str, change: int) -> Measurement:
        return self._measurement(ACTIVE, change, label, scope)

    def _scope(self, scope: str, change: int) -> Measurement:
        return self._measurement(SCOPES, change, scope)

    def _measurement(self, instrument: Instrument, value: float, *values: str) -> Measurement:
        said = dict(zip(instrument.attributes, values, strict=True))
        return Measurement(instrument, value, {CONTAINER: self._name, **said})


_HEALTH = {"healthy": 1.0, "degraded": 0.5, "unhealthy": 0.0}


def _error(error: BaseException | None) -> str:
    return error_type(error) if error is not None else ""
