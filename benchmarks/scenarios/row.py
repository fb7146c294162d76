"""A row of the table, and how most rows are measured: in this process, a statement per library."""

import asyncio
import contextlib
import inspect
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from benchmarks.adapters import BY_HAND, TENURE, Library
from benchmarks.case import Case, NotOfferedError, WrongResultError
from benchmarks.timing import Effort, Measured, Timer, once, round_robin


@dataclass(frozen=True)
class Found:
    """What a row's measurement gave."""

    measured: dict[str, Measured] = field(default_factory=dict)
    notes: dict[str, str] = field(default_factory=dict)
    """What a reader must know of a library's number."""
    absent: dict[str, str] = field(default_factory=dict)
    """Libraries without a number, and why."""
    remark: str = ""
    """How this measurement was other than the row says, "" where it was not."""


@dataclass(frozen=True)
class Row:
    """
    One row: the same work for every library.

    Each adapter that can do it has a method `method`, which builds what is needed and returns a `Case`.
    """

    name: str
    """As the targets are numbered: "S5n"; parts of one scenario have a point: "S9.build"."""
    title: str
    method: str
    check: Callable[[Callable[[], Any]], None] = lambda _: None
    """Is given a function that does the work once; raises `WrongResultError`."""
    target: float | None = None
    """Greatest ratio to hand-written code that is aimed at."""
    limit: float | None = None
    """Greatest value that is aimed at, where that is no ratio."""
    is_async: bool = False
    yardstick: str = BY_HAND
    """The library that is 1.00."""
    unit: str = "s"
    """Of the values: "s" seconds, "B" bytes, "" a pure number."""
    ours: str = TENURE
    """The library whose number is held against the target."""
    only: tuple[str, ...] = ()
    """The libraries that the row is about; all where it is empty."""
    peers_named: str = ""
    """What was known of the best peers when the target was set."""

    @property
    def scenario(self) -> str:
        """Its name without that of the part: "S9"."""
        return self.name.split(".")[0]

    def measure(self, libraries: list[Library], effort: Effort) -> Found:
        """Build, check and time the work of every one of *libraries* that can do it."""
        with contextlib.ExitStack() as stack:
            runner = stack.enter_context(asyncio.Runner()) if self.is_async else None
            found, cases = self.checked(libraries, runner)
            for case in cases.values():
                stack.callback(close, case, runner)
            timers = {title: Timer(case, runner) for title, case in cases.items()}
            if timers:
                found.measured.update(round_robin(timers, self.yardstick, effort))
        return found

    def checked(self, libraries: list[Library], runner: asyncio.Runner | None) -> tuple[Found, dict[str, Case]]:
        """Return the case of every one of *libraries* that can do it and does it right, and why others do not."""
        found, cases = Found(), {}
        for library in libraries:
            if self.only and library.title not in self.only:
                continue
            self._build(library, runner, cases, found)
        return found, cases

    def _build(self, library: Library, runner: asyncio.Runner | None, cases: dict[str, Case], found: Found) -> None:
        case = None
        try:
            case = build(library, self.method, runner)
            self.check(lambda: once(case, runner))
        except NotOfferedError as error:
            found.absent[library.title] = str(error)
        except WrongResultError as error:
            found.absent[library.title] = f"wrong result: {error}"
            close(case, runner)
        except Exception as error:  # noqa: BLE001  # a library that fails here is told of, the others are measured
            found.absent[library.title] = f"{type(error).__name__}: {error}".splitlines()[0]
        else:
            cases[library.title] = case
            if case.note:
                found.notes[library.title] = case.note


def build(library: Library, method: str, runner: asyncio.Runner | None) -> Case:
    """
    Return the case of *library* for the scenario *method*.

    Raises:
        NotOfferedError: the library is not installed, or has no such thing.
    """
    if not library.is_installed:
        raise NotOfferedError("not installed")
    make = getattr(library.adapter(), method, None)
    if make is None:
        raise NotOfferedError("not offered")
    made = make()
    if inspect.isawaitable(made):
        assert runner is not None, f"{method} of {library.title} is asynchronous, its row is not"
        made = runner.run(_awaited(made))
    return made


def close(case: Case, runner: asyncio.Runner | None) -> None:
    """End what was built for *case*; where nothing runs asynchronously, an awaitable needs no awaiting."""
    ended = case.close() if case.close else None
    if runner and inspect.isawaitable(ended):
        runner.run(_awaited(ended))


async def _awaited(awaitable: Any) -> Any:
    return await awaitable
