"""S10: an eager start, in critical paths: 1.00 is the longest chain of openings with nothing else to do."""

import asyncio
import inspect
import statistics
import time
from dataclasses import dataclass
from typing import Any

from benchmarks.adapters import Library
from benchmarks.case import NotOfferedError, WrongResultError, expect
from benchmarks.scenarios.row import Found, Row
from benchmarks.starts import Start, start_of
from benchmarks.timing import QUICK, Effort, Measured


@dataclass(frozen=True)
class Starting(Row):
    """A row that starts a whole container at once."""

    n_chains: int = 1
    length: int = 1

    def measure(self, libraries: list[Library], effort: Effort) -> Found:
        found = Found()
        start = start_of(self.n_chains, self.length)
        times: dict[str, list[float]] = {}
        for _ in range(3 if effort is QUICK else 11):
            for library in libraries:
                if library.title in found.absent:
                    continue
                try:
                    elapsed = asyncio.run(started(library, start))
                except (NotOfferedError, WrongResultError) as error:
                    found.absent[library.title] = str(error)
                else:
                    times.setdefault(library.title, []).append(elapsed / start.critical_s)
        for title, values in times.items():
            found.measured[title] = Measured(statistics.median(values), statistics.median(values))
        return found


async def started(library: Library, start: Start) -> float:
    """Return how many seconds *library* takes to open everything in *start*, and look at what it opened."""
    if not library.is_installed:
        raise NotOfferedError("not installed")
    adapter = library.adapter()
    if not hasattr(adapter, "astart"):
        raise NotOfferedError("not offered")
    prepared = adapter.aprepare(start)
    began = time.perf_counter()
    opened: Any = await adapter.astart(prepared)
    elapsed = time.perf_counter() - began
    values = [await adapter.avalue(opened, start, number) for number in range(len(start.opened))]
    for value, cls, needs in zip(values, start.classes, start.needs, strict=True):
        expect(type(value) is cls, "a value of its class")
        expect(value.is_open, "every resource open")
        expect(all(values[need] in value.needed for need in needs), "what it needs")
    ended = adapter.astop(opened)
    if inspect.isawaitable(ended):
        await ended
    expect(not any(value.is_open for value in values), "every resource closed")
    return elapsed


STARTING = (
    Starting(
        "S10.flat",
        "eager start of 100 independent resources, in critical paths",
        "",
        target=1.1,
        unit="",
        n_chains=100,
        peers_named="1.4 (dependency-injector)",
    ),
    Starting(
        "S10.chains",
        "eager start of ten chains of four, in critical paths",
        "",
        target=1.03,
        unit="",
        n_chains=10,
        length=4,
        peers_named="1.1 (dependency-injector)",
    ),
)
