"""What was measured, as text for a terminal and as data; `document` makes the pages of it."""

import os
import platform
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from benchmarks.adapters import HANDS, LIBRARIES, OURS
from benchmarks.scenarios.row import Found, Row
from benchmarks.timing import Effort, Measured


@dataclass(frozen=True)
class Result:
    """One row of one run."""

    row: Row
    found: Found

    @property
    def own(self) -> Measured | None:
        """What Tenure needs."""
        return self.found.measured.get(self.row.ours)

    @property
    def best(self) -> tuple[str, Measured] | None:
        """The fastest other library, and what it needs."""
        aside = {*OURS, *HANDS}
        known = {library.title for library in LIBRARIES}
        others = {title: each for title, each in self.found.measured.items() if title in known - aside}
        return min(others.items(), key=lambda item: held(self.row, item[1]), default=None)

    @property
    def is_met(self) -> bool | None:
        """Whether Tenure's number is within the target; None where there is nothing to judge."""
        bound = self.row.target if self.row.limit is None else self.row.limit
        if self.own is None or bound is None or self.is_disturbed:
            return None
        return held(self.row, self.own) <= bound

    @property
    def is_disturbed(self) -> bool:
        """Whether the machine was too busy with something else while Tenure or the yardstick was measured."""
        both = (self.own, self.found.measured.get(self.row.yardstick))
        return any(each is not None and each.is_disturbed for each in both)


def held(row: Row, measured: Measured) -> float:
    """Return the number that is held against the target: the ratio, or the value where the target is one."""
    by_value = row.limit is not None or measured.ratio is None
    return measured.value if by_value else measured.ratio or 0.0


def amount(value: float, unit: str) -> str:
    """Return *value* with a unit that a reader can take in: 0.000001234 s is "1.23 µs"."""
    if unit == "B":
        return f"{value:,.0f} B".replace(",", " ")
    if unit == "":
        return f"{value:.2f}"
    for factor, name in ((1e9, "ns"), (1e6, "µs"), (1e3, "ms")):
        if value * factor < 1000:
            return f"{value * factor:.3g} {name}"
    return f"{value:.3g} s"


def bound_of(row: Row) -> str:
    """Return the target of *row* as a reader meets it, "" for none."""
    if row.limit is not None:
        return f"≤ {amount(row.limit, row.unit)}"
    return "" if row.target is None else f"≤ {row.target:g}"


def lines(result: Result) -> str:
    """Return a block of text: the row's name, then its libraries, the fastest first."""
    row, found = result.row, result.found
    said = [f"{row.name}  {row.title.replace('`', '')}  {bound_of(row)}".rstrip() + found.remark]
    if result.is_disturbed:
        said[0] += "  (disturbed: measure again)"
    for title, each in sorted(found.measured.items(), key=lambda item: item[1].value):
        ratio = f"{each.ratio:8.2f}" if each.ratio is not None else " " * 8
        said.append(f"{ratio}  {amount(each.value, row.unit):>9}  {title:<22} {found.notes.get(title, '')}".rstrip())
    said += [f"       -             {title:<22} {why}" for title, why in found.absent.items() if why != "not offered"]
    return "\n".join(said)


def data(results: Iterable[Result], effort: Effort) -> dict[str, Any]:
    """Return *results* as JSON can hold them, with what they depend on."""
    return {
        "about": about(effort),
        "rows": [
            {
                "name": result.row.name,
                "title": result.row.title,
                "unit": result.row.unit,
                "target": result.row.target,
                "limit": result.row.limit,
                "yardstick": result.row.yardstick,
                "ours": result.row.ours,
                "met": result.is_met,
                "disturbed": result.is_disturbed,
                "measured": {
                    title: {"value": each.value, "ratio": each.ratio, "note": result.found.notes.get(title, "")}
                    for title, each in result.found.measured.items()
                },
                "absent": dict(result.found.absent),
            }
            for result in results
        ],
    }


def about(effort: Effort) -> dict[str, Any]:
    """Return what the numbers of a run depend on."""
    versions: Mapping[str, str] = {each.title: each.version for each in LIBRARIES if each.is_installed and each.version}
    return {
        "python": f"{platform.python_implementation()} {platform.python_version()}",
        "system": f"{platform.system()} {platform.machine()}",
        "cores": os.cpu_count(),
        "date": datetime.now(UTC).strftime("%Y-%m-%d"),
        "rounds": effort.rounds,
        "slice_s": effort.slice_s,
        "versions": versions,
    }
