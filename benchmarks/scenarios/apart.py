"""S9, S11 and S12: what is measured in processes of their own, as `benchmarks.apart` does it."""

import json
import math
import os
import signal
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass
from functools import cache

from benchmarks.adapters import RAW, Library
from benchmarks.apart import LIMIT_S
from benchmarks.scenarios.row import Found, Row
from benchmarks.timing import QUICK, Effort, Measured, summary

PATIENCE_S = 300.0  # however little of it was CPU
TOO_LONG = getattr(signal, "SIGXCPU", 24)
SLOW_S = 10.0  # seconds after which it is not run again
# Modules of adapters of libraries that look at nothing before they are asked for something.
CHECK_NOTHING = ("dependency_injector_", "injector_", "lagom_", "punq_", "that_depends_")
UNCHECKED = "checks nothing"


@dataclass(frozen=True)
class Apart(Row):
    """A row whose values are one of the numbers that a function of `benchmarks.apart` prints."""

    number: str = ""
    """Which of the numbers."""
    n: int = 1000
    quick_n: int = 1000
    exponent_from: int = 0
    """If not 0: the value is how the number grows from this n to the row's n, as the exponent of a power of n."""
    rounds: int = 3

    def measure(self, libraries: list[Library], effort: Effort) -> Found:
        n = self.quick_n if effort is QUICK else self.n
        found = Found(remark="" if n == self.n else f"  (here with {n})")
        if effort is QUICK and self.exponent_from:
            return found  # takes long
        rounds: dict[str, list[float]] = {}
        for turn in range(1 if effort is QUICK else self.rounds):
            for library in libraries:
                if library.title == RAW or library.title in found.absent:
                    continue
                value = self._value(library, n, turn)
                if isinstance(value, str):
                    found.absent[library.title] = value
                    rounds.pop(library.title, None)
                else:
                    rounds.setdefault(library.title, []).append(value)
        if self.unit == "":
            found.measured.update(
                {each: Measured(statistics.median(v), statistics.median(v)) for each, v in rounds.items()}
            )
        elif rounds:
            turns = zip(*rounds.values(), strict=True)
            found.measured.update(summary([dict(zip(rounds, turn, strict=True)) for turn in turns], self.yardstick))
        if self.number == "build":
            found.notes.update({each.title: UNCHECKED for each in libraries if each.module in CHECK_NOTHING})
        return found

    def _value(self, library: Library, n: int, turn: int) -> float | str:
        """Return the number, or why there is none."""
        if not library.is_installed:
            return "not installed"
        numbers = run(self.method, library.module, n, turn)
        if isinstance(numbers, str):
            return numbers
        if not self.exponent_from:
            return numbers[self.number]
        smaller = run(self.method, library.module, self.exponent_from, turn)
        if isinstance(smaller, str):
            return smaller
        if not (numbers[self.number] > 0 and smaller[self.number] > 0):
            return "too short for the clock of this machine"
        return math.log(numbers[self.number] / smaller[self.number], n / self.exponent_from)


@dataclass(frozen=True)
class Import(Apart):
    """A row that measures the statement by which a program imports a library, in an interpreter that has just begun."""

    def _value(self, library: Library, n: int, turn: int) -> float | str:
        if not library.is_installed:
            return "not installed"
        code = f"import time\nbegan = time.process_time()\n{library.importing}\nprint(time.process_time() - began)"
        command = [sys.executable, "-W", "ignore", "-c", code]
        # what is measured is an import from bytecode, whatever this process was told about writing it
        environ = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
        if turn == 0:  # writes the bytecode
            subprocess.run(command, capture_output=True, check=True, stdin=subprocess.DEVNULL, env=environ)
        result = subprocess.run(
            command, capture_output=True, text=True, check=True, stdin=subprocess.DEVNULL, env=environ
        )
        return float(result.stdout)


@cache
def run(what: str, module: str, n: int, turn: int) -> dict[str, float] | str:
    """Return the numbers that `benchmarks.apart` prints, or why it does not; *turn* only tells one run from another."""
    command = [sys.executable, "-W", "ignore", "-m", "benchmarks.apart", what, module, str(n)]
    environ = {**os.environ, "PYTHONHASHSEED": "0"}
    began = time.monotonic()
    if (what, module, n) in _once:
        return _once[what, module, n]
    try:
        result = subprocess.run(
            command,
            capture_output=True,
            text=True,
            timeout=PATIENCE_S,
            check=False,
            env=environ,
            stdin=subprocess.DEVNULL,
        )
    except subprocess.TimeoutExpired:
        return f"more than {PATIENCE_S:.0f} s"
    if result.returncode == -TOO_LONG:
        return f"more than {LIMIT_S} s"
    if result.returncode != 0:
        said = result.stderr.strip().splitlines()[-1:] or [f"exit code {result.returncode}"]
        return said[0].removeprefix("benchmarks.case.NotOfferedError: ").replace("benchmarks.case.", "")[:120]
    numbers: dict[str, float] = json.loads(result.stdout)
    if time.monotonic() - began > SLOW_S:
        _once[what, module, n] = numbers
    return numbers


_once: dict[tuple[str, str, int], dict[str, float]] = {}
"""Numbers of what takes so long that it is run once."""


MANY = {"method": "many_built", "n": 10_000}
CLOSED = {"method": "many_closed", "n": 10_000}

APART = (
    Apart(
        "S9.build",
        title="build and check 10 000 providers (reading annotations and graphlib = 1)",
        number="build",
        target=3.0,
        peers_named="1.1 without validation (that-depends), 7.9 with it (anydi)",
        **MANY,
    ),
    Apart(
        "S9.build^",
        title="how building grows from 1 000 to 10 000: exponent",
        number="build",
        target=1.1,
        unit="",
        exponent_from=1000,
        **MANY,
    ),
    Apart(
        "S9.open",
        title="first resolve of all 10 000, every one a generator resource (ExitStack = 1)",
        number="open",
        target=4.0,
        peers_named="4.9",
        **CLOSED,
    ),
    Apart(
        "S9.open^",
        title="how that grows from 1 000 to 10 000: exponent",
        number="open",
        target=1.15,
        unit="",
        exponent_from=1000,
        **CLOSED,
    ),
    Apart(
        "S9.close",
        title="teardown of them (ExitStack = 1)",
        number="close",
        target=0.6,
        peers_named="0.4",
        **CLOSED,
    ),
    Apart(
        "S9.close^",
        title="how that grows from 1 000 to 10 000: exponent",
        number="close",
        target=1.15,
        unit="",
        exponent_from=1000,
        **CLOSED,
    ),
    Apart(
        "S11.provider",
        title="bytes per provider, built and resolved",
        method="memory_providers",
        number="both",
        unit="B",
        rounds=1,
        limit=1500.0,
        peers_named="1 400 + 4 200",
    ),
    Apart(
        "S11.scope",
        title="bytes per live request scope with its 5 objects",
        method="memory_scopes",
        number="scope",
        unit="B",
        rounds=1,
        limit=1100.0,
        peers_named="1 388 (diwire)",
    ),
    Import(
        "S12",
        title="importing it, CPU time (asyncio, contextlib, inspect and typing = 1)",
        method="",
        target=0.5,
        rounds=15,
        peers_named="0.4 (rodi), 0.7 (modern-di)",
    ),
)
