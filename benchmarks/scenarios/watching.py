"""What observers cost, and that they cost nothing when there are none: Tenure beside itself."""

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
OBSERVED = "one observer"
MONITORED = "a monitor"


@dataclass(frozen=True)
class Watching(Row):
    """A row whose columns are Tenure with and without observers."""

    yardstick: str = NEVER

    def measure(self, libraries: list[Library], effort: Effort) -> Found:
        found = Found()
        if not any(library.title == TENURE for library in libraries):
            return found
        cases = {title: self.case(title) for title in (NEVER, NO_MORE, OBSERVED, MONITORED)}
        for case in cases.values():
            self.check(lambda case=case: once(case))
        timers = {title: Timer(case) for title, case in cases.items()}
        found.measured.update(round_robin(timers, self.yardstick, effort))
        for case in cases.values():
            close(case, None)
        return found

    def case(self, title: str) -> Case:
        """Return the case of this row with the observers that *title* says."""
        from benchmarks.adapters import tenure_types  # noqa: PLC0415  # the others are not needed to list the rows
        from benchmarks.adapters.by_type import REQUEST, SINGLETONS  # noqa: PLC0415
        from tenure.observe.monitor import ResourceMonitor  # noqa: PLC0415

        adapter = tenure_types.Adapter()
        container = adapter.container(SINGLETONS if self.method == "s1" else REQUEST)
        kept: Any = None
        if title == NO_MORE:
            container.observe(ignore)()
        elif title == OBSERVED:
            container.observe(ignore)
        elif title == MONITORED:
            kept = ResourceMonitor(container)
        if self.method == "s1":
            return Case(
                "container.get(Key)", {"container": container, "Key": g.Settings, "kept": kept}, container.close
            )
        return Case("request()", {"request": adapter.request(container, g.Handler), "kept": kept}, container.close)


def ignore(event: object) -> None:
    """Look at nothing."""


WATCHING = (
    Watching("O.get", "S1 with and without observers (no observer ever = 1)", "s1", singleton),
    Watching("O.request", "S5 with and without observers (no observer ever = 1)", "s5", request),
)
