"""Every library does the work of every row right, or its row says that it does not."""

import asyncio
import contextlib
import warnings
from collections.abc import Iterator
from typing import Any

import pytest

from benchmarks.adapters import LIBRARIES, OURS, Library
from benchmarks.case import NotOfferedError, WrongResultError
from benchmarks.scenarios import ROWS
from benchmarks.scenarios.apart import Apart
from benchmarks.scenarios.row import Row, build, close
from benchmarks.scenarios.starting import Starting, started
from benchmarks.scenarios.watching import UNWATCHED, WATCHERS, Watching
from benchmarks.starts import start_of
from benchmarks.timing import once

CALLED = [row for row in ROWS if not isinstance(row, Apart | Starting | Watching)]
STARTERS = ("by_hand", "tenure_types", "tenure_providers", "anydi_", "dependency_injector_", "that_depends_")
# What these libraries close too early, or do not share within a request: they get no number.
WRONG = {("diwire", "s5"), ("diwire", "s14_request"), ("injectq", "s5n")}
STARTED = [each for each in LIBRARIES if each.is_installed and each.module in STARTERS]

pytestmark = pytest.mark.filterwarnings("default")  # other libraries have warnings of their own


def checked(library: Library, row: Row) -> None:
    with contextlib.ExitStack() as stack:
        runner = stack.enter_context(asyncio.Runner()) if row.is_async else None
        case = build(library, row.method, runner)
        stack.callback(close, case, runner)
        row.check(lambda: once(case, runner))


def offered() -> Iterator[Any]:
    """Yield each library that is installed with each row that it can do."""
    for library in LIBRARIES:
        if library.is_installed:
            with warnings.catch_warnings(action="ignore"):  # others have some of their own when they are imported
                adapter = library.adapter()
            for row in CALLED:
                if getattr(adapter, row.method, None) is not None:
                    yield pytest.param(library, row, id=f"{library.title}-{row.name}")


@pytest.mark.parametrize(("library", "row"), list(offered()))
def test_work_is_done_right(library: Library, row: Row) -> None:
    """The very statement that is timed gives the right objects, and opens and closes in order."""
    wrong = (library.title, row.method) in WRONG

    with pytest.raises(WrongResultError) if wrong else contextlib.nullcontext():
        try:
            checked(library, row)
        except NotOfferedError as reason:
            pytest.skip(f"{library.title}: {reason}")


@pytest.mark.parametrize("library", [each for each in LIBRARIES if not each.is_installed], ids=lambda each: each.title)
def test_library_is_installed(library: Library) -> None:
    """Whoever is skipped here was not looked at; `python3 dev.py bench` installs all."""
    pytest.skip(f"{library.title} is not installed")


@pytest.mark.parametrize("library", [each for each in LIBRARIES if each.title == OURS[0]], ids=["Tenure"])
def test_types_do_every_row(library: Library) -> None:
    """The type-driven face has a number in every row that is not about the declarative one."""
    missing = [row.name for row in CALLED if not row.only and not hasattr(library.adapter(), row.method)]

    assert missing == []


@pytest.mark.parametrize("library", STARTED, ids=lambda library: library.title)
def test_start_opens_everything(library: Library) -> None:
    """An eager start opens every resource after what it needs, and its end closes all."""
    elapsed_s = asyncio.run(started(library, start_of(2, 2)))

    assert elapsed_s >= start_of(2, 2).critical_s * 0.99  # two openings that wait, one after the other


@pytest.mark.parametrize("row", [row for row in ROWS if isinstance(row, Watching)], ids=lambda row: row.name)
@pytest.mark.parametrize("title", WATCHERS)
def test_observed_work_is_the_same(row: Watching, title: str) -> None:
    """Observers change nothing of what is made."""
    try:
        case = row.case(title)
    except ImportError as error:
        pytest.skip(str(error))

    row.check(lambda: once(case))

    engine = case.names["container"].engine
    assert bool(engine.observers) == (title not in UNWATCHED)
    assert engine.is_swift == (title in UNWATCHED)
    close(case, None)
