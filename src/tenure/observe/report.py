"""What a monitor knows at one moment, as frozen records that people and programs can read. Knows numbers only."""

from collections.abc import Sequence
from typing import Any

from tenure.observe.histogram import ESTIMATOR, Distribution, duration
from tenure.record import record

OTHERS = "(other keys)"
"""What stands for the keys beyond the number that a monitor tells apart."""


@record
class TallyReport:
    """The resources of one key or of one scope, as their container told of them."""

    label: str
    """The key as it is shown, or the name of the scope; "" for all."""
    opened: int
    closed: int
    """How many closings ended, normally or with an error."""
    active: int
    """How many are open now."""
    open_errors: int
    """How many openings raised an `Exception`, retries counted apart."""
    close_errors: int
    abandoned: int
    """How many closings ran over their limit."""
    retries: int
    degraded: int
    """How many times an optional resource failed to open, and its needers went on."""
    open: Distribution
    """From the beginning of an opening to its end, retries included; those that succeeded."""
    close: Distribution
    lifetime: Distribution
    """From the end of an opening to the end of the closing."""

    @property
    def errors(self) -> int:
        """Openings and closings that raised, and closings that were given up."""
        return self.open_errors + self.close_errors + self.abandoned


@record
class Slow:
    """One opening or closing."""

    act: str
    """"open" or "close"."""
    label: str
    scope: str
    id: int
    """As in its events."""
    elapsed_s: float

    def __str__(self) -> str:
        return f"{duration(self.elapsed_s)} to {self.act} {self.label} in {self.scope}"


@record
class MonitorReport:
    """
    What a `ResourceMonitor` has seen so far.

    Durations are seconds. *estimator* says how quantiles were come by, for whoever reads the numbers elsewhere.
    """

    opened: int
    """How many resources were opened, those included that reported themselves by hand."""
    closed: int
    active: int
    errors: int
    retries: int
    open: Distribution
    close: Distribution
    lifetime: Distribution
    by_key: tuple[TallyReport, ...]
    """What the container told of each key; what was reported by hand is not in it."""
    by_scope: tuple[TallyReport, ...]
    """The same for each name of a scope."""
    slowest: tuple[Slow, ...]
    """The slowest openings and closings, the slowest first."""
    observed_s: float
    """Seconds since the monitor began."""
    estimator: str = ESTIMATOR

    def as_dict(self) -> dict[str, Any]:
        """Return all of it as dicts, lists, strings and numbers, which `json.dumps` takes."""
        found: dict[str, Any] = _plain(self)
        return found

    def __str__(self) -> str:
        """Return a few lines and two tables."""
        counts = f"{self.opened} opened, {self.closed} closed, {self.active} active, {self.errors} errors"
        lines = [
            f"{counts}, {self.retries} retries in {duration(self.observed_s)}",
            f"  open      {self.open}",
            f"  close     {self.close}",
            f"  lifetime  {self.lifetime}",
        ]
        lines += _table("by key", self.by_key) + _table("by scope", self.by_scope)
        lines += ["slowest", *(f"  {slow}" for slow in self.slowest)] if self.slowest else []
        return "\n".join([*lines, f"quantiles: {self.estimator}"])


_COLUMNS = ("opened", "active", "errors", "retries", "open median", "open p99", "close p99", "lifetime median")


def _table(title: str, rows: Sequence[TallyReport]) -> list[str]:
    if not rows:
        return []
    cells = [[title, *_COLUMNS]]
    for row in rows:
        times = (row.open.median_s, row.open.p99_s, row.close.p99_s, row.lifetime.median_s)
        counts = (row.opened, row.active, row.errors, row.retries)
        cells.append([f"  {row.label}", *map(str, counts), *(duration(time_s) if time_s else "-" for time_s in times)])
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    return [_line(line, widths) for line in cells]


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    first, *others = cells
    padded = (cell.rjust(width) for cell, width in zip(others, widths[1:], strict=True))
    return "  ".join([first.ljust(widths[0]), *padded])


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_plain(each) for each in value]
    if isinstance(value, Distribution | TallyReport | Slow | MonitorReport):
        return {name: _plain(getattr(value, name)) for name in value.__match_args__}
    return value
