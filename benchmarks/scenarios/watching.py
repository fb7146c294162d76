"""What observers cost, and that they cost nothing when there are none: Tenure beside itself."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from benchmarks import graphs as g
from benchmarks.adapters import TENURE, Library
from benchmarks.case import Case
from benchmarks.scenarios.calls import singleton
from benchmarks.scenarios.row import Found, Row, close
from benchmarks.scenarios.scopes import request
from benchmarks.timing import Effort, Timer, once, round_robin

NEVER = "no observer ever"
NO_MORE = "observed once, no more"
DETACHED = "every exporter once, no more"
OBSERVED = "one observer"
MONITORED = "a monitor"
TIMED = "timelines"
LEAKS = "leaks"
TRACED_LEAKS = "leaks with tracebacks"
UNHEARD = "logs, level off"
LOGGED = "logs"
TELEMETRY = "OpenTelemetry"
PROMETHEUS = "Prometheus"


def ignore(event: object) -> None:
    """Look at nothing."""


def ended(container: Any) -> None:
    """Observe *container*, and no more."""
    container.observe(ignore)()


def monitored(container: Any) -> Any:
    """Count what *container* does."""
    from tenure.observe import ResourceMonitor  # noqa: PLC0415  # the others are not needed to list the rows

    return ResourceMonitor(container)


def timed(container: Any) -> Any:
    """Record the timelines of *container*."""
    from tenure.observe import TimelineRecorder  # noqa: PLC0415  # as above

    return TimelineRecorder(container)


def leaks(container: Any) -> Any:
    """Look for leaks of *container*."""
    from tenure.observe import LeakDetector  # noqa: PLC0415  # as above

    return LeakDetector(container)


def traced_leaks(container: Any) -> Any:
    """Look for leaks of *container*, with where everything was opened."""
    from tenure.observe import LeakDetector  # noqa: PLC0415  # as above

    return LeakDetector(container, tracebacks=True)


def unheard(container: Any) -> Any:
    """Log what *container* does to a logger whose level is above it."""
    return _logged(container, "benchmarks.unheard", logging.CRITICAL)


def logged(container: Any) -> Any:
    """Log what *container* does to a handler that drops it."""
    return _logged(container, "benchmarks.logged", logging.DEBUG)


def _logged(container: Any, name: str, level: int) -> Any:
    from tenure.observe import logs  # noqa: PLC0415  # as above

    logger = logging.getLogger(name)
    logger.propagate = False
    logger.setLevel(level)
    logger.handlers[:] = [logging.NullHandler()]
    return logs.attach(container, logger=logger)


def telemetry(container: Any) -> Any:
    """Show what *container* does to an SDK that samples every span and drops it, and that counts."""
    from opentelemetry.sdk.metrics import MeterProvider  # noqa: PLC0415  # may be missing
    from opentelemetry.sdk.metrics.export import InMemoryMetricReader  # noqa: PLC0415  # may be missing
    from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415  # may be missing

    from tenure.observe import opentelemetry  # noqa: PLC0415  # as above

    providers = TracerProvider(), MeterProvider([InMemoryMetricReader()])
    return opentelemetry.attach(container, tracer_provider=providers[0], meter_provider=providers[1])


def counted(container: Any) -> Any:
    """Count what *container* does in a registry of its own."""
    from prometheus_client import CollectorRegistry  # noqa: PLC0415  # may be missing

    from tenure.observe import prometheus  # noqa: PLC0415  # as above

    return prometheus.attach(container, registry=CollectorRegistry())


def detached(container: Any) -> None:
    """Attach every exporter to *container*, and detach it."""
    for attach in (monitored, timed, leaks, logged, telemetry, counted):
        attach(container).detach()


WATCHERS: Mapping[str, Callable[[Any], Any]] = {
    NEVER: lambda _: None,
    NO_MORE: ended,
    DETACHED: detached,
    OBSERVED: lambda container: container.observe(ignore),
    MONITORED: monitored,
    TIMED: timed,
    LEAKS: leaks,
    TRACED_LEAKS: traced_leaks,
    UNHEARD: unheard,
    LOGGED: logged,
    TELEMETRY: telemetry,
    PROMETHEUS: counted,
}
"""What is done to a container before it is timed, by the title of the column."""
UNWATCHED = (NEVER, NO_MORE, DETACHED)
"""The columns in which nobody observes."""


@dataclass(frozen=True)
class Watching(Row):
    """A row whose columns are Tenure with and without observers."""

    yardstick: str = NEVER

    def measure(self, libraries: list[Library], effort: Effort) -> Found:
        found = Found()
        if not any(library.title == TENURE for library in libraries):
            return found
        cases = {}
        for title in WATCHERS:
            try:
                cases[title] = self.case(title)
            except ImportError as error:
                found.absent[title] = str(error)
        for case in cases.values():
            self.check(lambda case=case: once(case))
        timers = {title: Timer(case) for title, case in cases.items()}
        found.measured.update(round_robin(timers, self.yardstick, effort))
        for case in cases.values():
            close(case, None)
        return found

    def case(self, title: str) -> Case:
        """Return the case of this row with the observers that *title* says; an ImportError where they are missing."""
        from benchmarks.adapters import tenure_types  # noqa: PLC0415  # the others are not needed to list the rows
        from benchmarks.adapters.by_type import REQUEST, SINGLETONS  # noqa: PLC0415

        adapter = tenure_types.Adapter()
        container = adapter.container(SINGLETONS if self.method == "s1" else REQUEST)
        names: dict[str, Any] = {"container": container, "kept": WATCHERS[title](container)}
        if self.method == "s1":
            return Case("container.get(Key)", names | {"Key": g.Settings}, container.close)
        return Case("request()", names | {"request": adapter.request(container, g.Handler)}, container.close)


WATCHING = (
    Watching("O.get", "S1 with and without observers (no observer ever = 1)", "s1", singleton),
    Watching("O.request", "S5 with and without observers (no observer ever = 1)", "s5", request),
)
