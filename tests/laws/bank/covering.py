"""Pytest plugins of the mutation run: which test reaches which line, and running some tests in a given order."""

import json
import os
import time
from collections.abc import Generator, Sequence
from pathlib import Path
from typing import Any

import coverage
import pytest


class Reached:
    """
    Writes, at the end of a session, which tests reach each line, and how long each test took.

    Args:
        source: the folder whose files count.
        out: a JSON file: {"lines": {file: {line: [place of the test]}}, "seconds": {test: seconds}}; files relative to
            *source*, places those in "seconds".
    """

    def __init__(self, source: Path, out: Path) -> None:
        self._source, self._out = source.resolve(), out
        self._seconds: dict[str, float] = {}
        self._coverage = coverage.Coverage(data_file=None, source=[str(source)], branch=False, config_file=False)
        self._coverage.start()

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, Any, Any]:
        """Count what runs now as *item*'s."""
        self._coverage.switch_context(item.nodeid)
        began = time.perf_counter()
        result = yield
        self._seconds[item.nodeid] = time.perf_counter() - began
        self._coverage.switch_context("")
        return result

    def pytest_sessionfinish(self) -> None:
        """Write the file."""
        self._coverage.stop()
        data = self._coverage.get_data()
        places = {test: place for place, test in enumerate(self._seconds)}
        lines = {
            str(Path(file).relative_to(self._source)): {
                line: [places[test] for test in tests if test in places]
                for line, tests in data.contexts_by_lineno(file).items()
            }
            for file in data.measured_files()
        }
        self._out.write_text(json.dumps({"lines": lines, "seconds": self._seconds}), "utf-8")


class Chosen:
    """Runs *tests* alone, in that order; writes to *tell* a newline before each, and the name of one that fails."""

    def __init__(self, tests: Sequence[str], tell: int) -> None:
        self._rank = {test: rank for rank, test in enumerate(tests)}
        self._tell = tell

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Leave the others out."""
        items[:] = sorted(
            (item for item in items if item.nodeid in self._rank), key=lambda item: self._rank[item.nodeid]
        )

    def pytest_runtest_logstart(self) -> None:
        """Tell that it goes on."""
        os.write(self._tell, b"\n")

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Tell of a failure."""
        if report.failed:
            os.write(self._tell, report.nodeid.encode())
