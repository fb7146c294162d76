"""
Write docs/integrations/table.md from what the tests of the integrations show.

Run it from the root of the repository: `PYTHONPATH=src python tests/ext/write_table.py`.
"""

import sys
from importlib.metadata import version
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
TABLE = HERE.parents[1] / "docs" / "integrations" / "table.md"
HEAD = """\
# What each integration does

Written by `tests/ext/write_table.py` from tests that talk to a real server or worker of each framework over the
loopback: *yes* where every test of the column passed, *none* where the framework has no such thing.
"""


class Table:
    """A heading, and what its tests show; the class of such tests has `kind`, a key of `TABLES`."""

    def __init__(self, title, *columns):
        self.title = title
        self.columns = columns


TABLES = {
    "web": Table(
        "Requests",
        "start/stop",
        "scope",
        "request object",
        "websocket",
        "stream",
        "background",
        "errors",
        "schema clean",
        "start-up check",
    ),
    "calls": Table(
        "Calls and messages",
        "start/stop",
        "scope",
        "message object",
        "stream",
        "errors",
        "cancelled",
        "in flight at stop",
        "schema clean",
        "start-up check",
    ),
    "commands": Table(
        "Commands and notebooks",
        "start/stop",
        "scope",
        "context object",
        "coroutine functions",
        "errors",
        "help clean",
        "start-up check",
    ),
    "workers": Table(
        "Jobs in worker processes",
        "start/stop",
        "scope",
        "job object",
        "async",
        "errors",
        "retried",
        "killed",
        "fork-safe",
        "start-up check",
    ),
}


class Seen:
    """What the tests showed."""

    def __init__(self):
        self.outcomes = {}
        self.packages = {}
        self.kinds = {}
        self._at = {}

    def pytest_collection_modifyitems(self, items):
        for item in items:
            marker = item.get_closest_marker("shows")
            if marker is not None:
                self._at[item.nodeid] = item.cls.framework, marker.args[0]
                version_of = getattr(item.cls, "version", version)
                self.packages[item.cls.framework] = {name: version_of(name) for name in item.cls.packages}
                self.kinds[item.cls.framework] = item.cls.kind

    def pytest_runtest_logreport(self, report):
        at = self._at.get(report.nodeid)
        if at is not None and (report.when == "call" or not report.passed):
            self.outcomes.setdefault(at, set()).add(report.outcome)

    def cell(self, framework, column):
        outcomes = self.outcomes.get((framework, column), set())
        if "failed" in outcomes:
            return "**no**"
        return "yes" if "passed" in outcomes else "none"

    def text(self):
        """Return the tables of the kinds that were tested."""
        return "\n\n".join(
            f"## {table.title}\n\n{self._rows(kind, table.columns)}"
            for kind, table in TABLES.items()
            if kind in self.kinds.values()
        )

    def _rows(self, kind, columns):
        lines = [f"| framework | {' | '.join(columns)} | tested with |", "|---" * (len(columns) + 2) + "|"]
        for framework in sorted(self.packages, key=str.casefold):
            if self.kinds[framework] != kind:
                continue
            cells = [self.cell(framework, column) for column in columns]
            versions = ", ".join(f"{name} {number}" for name, number in self.packages[framework].items())
            lines.append(f"| {framework} | {' | '.join(cells)} | {versions} |")
        return "\n".join(lines)


def main():
    seen = Seen()
    code = pytest.main([str(HERE), "-q", "-m", "shows", "-p", "no:cacheprovider", "--timeout=60"], plugins=[seen])
    TABLE.parent.mkdir(parents=True, exist_ok=True)
    TABLE.write_text(f"{HEAD}\n{seen.text()}\n", encoding="utf-8")
    return code


if __name__ == "__main__":
    sys.exit(main())
