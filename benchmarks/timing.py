"""
Time statements round robin: every library once per round, so that a slow moment of the machine meets all of them.

Ratios are taken within a round and their median is reported. The collector stays on, as in a program; what was alive
before is frozen first, so that libraries that were imported only to be compared cost nobody anything.
"""

import asyncio
import gc
import itertools
import statistics
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from benchmarks.case import Case

DISTURBED = 1.25  # a median by the best round, from which a number is held against no target
UNROLLED = 10  # statements per turn of the loop, so that the loop itself does not count

SYNC = """
def timed(turns):
    began = clock()
    for _ in repeat(None, turns):
{body}
    return clock() - began
"""
ASYNC = SYNC.replace("def timed", "async def timed")


@dataclass(frozen=True)
class Effort:
    """How much time to spend on a measurement."""

    rounds: int
    slice_s: float
    """Seconds of each library in each round, about."""


FULL = Effort(rounds=31, slice_s=0.006)
QUICK = Effort(rounds=7, slice_s=0.002)


@dataclass(frozen=True)
class Measured:
    """What one library needs for the work of a scenario."""

    value: float
    """Median over the rounds: seconds for a time, bytes for a size, a pure number for an exponent."""
    ratio: float | None
    """Median over the rounds of its value by that of the yardstick in the same round; None where there is none."""
    least: float | None = field(default=None, compare=False)
    """The least value of a round: far below the median where something else kept the machine busy; None: not known."""

    @property
    def is_disturbed(self) -> bool:
        """Whether most rounds took so much longer than the best that their median says little."""
        return self.least is not None and self.value > self.least * DISTURBED


class Timer:
    """Runs one case many times; *runner* has the loop where the case is asynchronous."""

    def __init__(self, case: Case, runner: asyncio.Runner | None = None) -> None:
        names = dict(case.names) | {"clock": time.perf_counter, "repeat": itertools.repeat}
        source = ASYNC if runner else SYNC
        code = source.format(body="\n".join([f"        {case.statement}"] * UNROLLED))
        exec(compile(code, f"<{case.statement}>", "exec"), names)
        self._timed = names["timed"]
        self._runner = runner
        self._turns = 1

    def seconds(self, turns: int) -> float:
        """Return how long the statement takes once, in seconds, measured over *turns* turns of the loop."""
        elapsed = self._runner.run(self._timed(turns)) if self._runner else self._timed(turns)
        return elapsed / (turns * UNROLLED)

    def calibrate(self, slice_s: float) -> None:
        """Choose how many turns take about *slice_s* seconds; warms the code up as well."""
        while self._turns * UNROLLED * (once := self.seconds(self._turns)) < slice_s / 4:
            self._turns *= 2
        self._turns = max(1, round(slice_s / (once * UNROLLED)))

    def round(self) -> float:
        """Return how long the statement takes once, in seconds, over as many turns as were found by `calibrate`."""
        return self.seconds(self._turns)


def round_robin(timers: Mapping[str, Timer], yardstick: str, effort: Effort) -> dict[str, Measured]:
    """Return what each of *timers* needs; *yardstick* names the one that is 1.00."""
    for timer in timers.values():
        timer.calibrate(effort.slice_s)
    gc.collect()
    gc.freeze()
    try:
        rounds = [{name: timer.round() for name, timer in timers.items()} for _ in range(effort.rounds)]
    finally:
        gc.unfreeze()
    return summary(rounds, yardstick)


def summary(rounds: list[dict[str, float]], yardstick: str) -> dict[str, Measured]:
    """Return medians over *rounds*, each of which holds one value of each library."""
    return {
        name: Measured(
            statistics.median(each[name] for each in rounds),
            statistics.median(each[name] / each[yardstick] for each in rounds) if yardstick in rounds[0] else None,
            min(each[name] for each in rounds),
        )
        for name in rounds[0]
    }


def once(case: Case, runner: asyncio.Runner | None = None) -> Any:
    """Return what *case* gives when it does its work once, outside of any measurement."""
    if runner is None:
        return eval(case.statement, dict(case.names))
    names = dict(case.names)
    exec(f"async def once():\n    return {case.statement}", names)
    return runner.run(names["once"]())
