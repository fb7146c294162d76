"""
Write docs/integrations/table.md from what the tests of the integrations show.

Run it from the root of the repository: `PYTHONPATH=src python tests/ext/write_table.py`. Followed by files of tests, as
in `write_table.py test_dask.py`, it runs those, and leaves the rows of other frameworks as they are.
"""

import platform
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

    def text(self, before=""):
        """Return the tables, with the rows of *before*, an earlier text, for what was not tested."""
        found = {kind: self._rows(kind, table, before) for kind, table in TABLES.items()}
        return "\n\n".join(f"## {TABLES[kind].title}\n\n{rows}" for kind, rows in found.items() if rows)

    def _rows(self, kind, table, before):
        _, _, section = before.partition(f"## {table.title}\n")
        earlier = [line for line in section.partition("\n## ")[0].splitlines() if line.startswith("| ")][1:]
        rows = {line.split(" | ")[0].removeprefix("| "): line for line in earlier}
        for framework in self.packages:
            if self.kinds[framework] == kind:
                cells = [self.cell(framework, column) for column in table.columns]
                rows[framework] = f"| {framework} | {' | '.join(cells)} | {self._versions(framework)} |"
        head = [f"| framework | {' | '.join(table.columns)} | tested with |", "|---" * (len(table.columns) + 2) + "|"]
        return "\n".join([*head, *(rows[name] for name in sorted(rows, key=str.casefold))]) if rows else ""

    def _versions(self, framework):
        found = ", ".join(f"{name} {number}" for name, number in self.packages[framework].items())
        return found or f"CPython {platform.python_version()}"


def main():
    seen = Seen()
    files = [str(HERE / name) for name in sys.argv[1:]]
    before = TABLE.read_text(encoding="utf-8") if files else ""
    code = pytest.main(
        [*(files or [str(HERE)]), "-q", "-m", "shows", "-p", "no:cacheprovider", "--timeout=60"], plugins=[seen]
    )
    TABLE.parent.mkdir(parents=True, exist_ok=True)
    TABLE.write_text(f"{HEAD}\n{seen.text(before)}\n", encoding="utf-8")
    return code


if __name__ == "__main__":
    sys.exit(main())
