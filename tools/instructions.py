"""
`dev.py instructions`: the gate that keeps hot paths fast, by counting what noise cannot change.

Callgrind counts the instructions of each path in `benchmarks/instructions/paths.py` and of the same work written by
hand, in one process. Their ratio is compared with the one in `baseline.json`, which was counted by the same build of
Python: another build gives other ratios, by up to a fifth, and gets that much room.
"""

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Literal, TypeAlias

from tools import pythons, report
from tools.pythons import Python
from tools.report import Row

ROOT = Path(__file__).resolve().parent.parent
FOLDER = Path("benchmarks", "instructions")
BASELINE = FOLDER / "baseline.json"

GROWTH = 0.05
"""How much a ratio may exceed its baseline where the same build of Python counts."""
GROWTH_ELSEWHERE = 0.25
"""The same where another build of the same Python counted the baseline."""
FAR_UNDER = 0.10
"""How far below its baseline a ratio is when the baseline ought to be renewed."""

SKIPPED = 77
"""The exit code where nothing could be counted."""
MISSING = "valgrind is not here: apt-get install valgrind"

CALLGRIND = ("--tool=callgrind", "--dump-before=getpriority", "--dump-line=no")
SUMMARY = re.compile(r"^summary: (\d+)$", re.MULTILINE)
BUILD = """
import hashlib, platform, sysconfig
words = [word for word in (sysconfig.get_config_var("CONFIG_ARGS") or "").split() if "/" not in word]
flags = " ".join([*words, sysconfig.get_config_var("OPT") or ""])
digest = hashlib.sha256(flags.encode()).hexdigest()[:8]
print(platform.python_version(), platform.python_compiler(), platform.machine(), digest)
"""

Ratios: TypeAlias = dict[str, float]
Verdict: TypeAlias = Literal["ok", "over", "under", "new"]


class CountingFailedError(Exception):
    """The paths could not be counted; the text holds what was printed last."""


@dataclass(frozen=True, slots=True)
class Baseline:
    """What was agreed for one Python."""

    build: str
    ratios: Ratios


@dataclass(frozen=True, slots=True)
class Judged:
    """A path, what it costs now, and what that means."""

    path: str
    verdict: Verdict
    now: float
    baseline: float | None
    allowed: float

    def __str__(self) -> str:
        if self.baseline is None:
            return f"{self.path}: {self.now:.3f} times by hand; no baseline yet"
        change = self.now / self.baseline - 1
        text = f"{self.path}: {self.now:.3f} times by hand, baseline {self.baseline:.3f} ({change:+.1%})"
        return text + {
            "over": f"; {self.allowed:.0%} more are allowed",
            "under": "; renew the baseline: dev.py instructions --renew",
        }.get(self.verdict, "")


# counting


def count(root: Path, python: Python, word: str = "") -> Ratios:
    """
    Return the ratio to hand-written code of each path whose name holds *word*, in instructions per turn.

    Args:
        root: holds `src/` and `benchmarks/instructions/`.
        python: counts by its own executable, with the standard library and *root* alone.

    Raises:
        CountingFailedError: callgrind or the paths failed.
    """
    environ = {**os.environ, "PYTHONHASHSEED": "0", "PYTHONPATH": str(root / "src")}
    with tempfile.TemporaryDirectory(prefix="tenure-instructions-") as folder:
        out = Path(folder, "part")
        script = root / FOLDER / "counting.py"
        command = ["valgrind", *CALLGRIND, f"--callgrind-out-file={out}", str(python.executable), "-S", str(script)]
        result = subprocess.run(
            [*command, *([word] if word else [])],
            env=environ,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
        )
        if result.returncode != 0:
            raise CountingFailedError("\n".join(result.stderr.splitlines()[-20:]))
        return ratios(result.stdout.splitlines(), parts(out))


def parts(out: Path) -> list[int]:
    """Return how many instructions each part holds that callgrind wrote to *out* and a number."""
    files = sorted(out.parent.glob(f"{out.name}.*"), key=lambda file: int(file.suffix[1:]))
    return [summary(file.read_text("utf-8", "replace")) for file in files]


def summary(text: str) -> int:
    """Return how many instructions the part with *text* holds."""
    found = SUMMARY.search(text)
    if found is None:
        raise CountingFailedError(f"callgrind wrote a part without a summary: {text[:200]!r}")
    return int(found[1])


def ratios(said: Sequence[str], counts: Sequence[int]) -> Ratios:
    """
    Return the ratio of each path.

    Args:
        said: what `counting.py` printed: a line of JSON for every second part.
        counts: instructions by part; the first is the start of Python, then every second one is a path's.

    Raises:
        CountingFailedError: they do not belong together, or there is nothing.
    """
    if not said or len(counts) != 2 * len(said):
        raise CountingFailedError(f"{len(said)} counts were announced, and callgrind wrote {len(counts)} parts")
    sides: dict[tuple[str, str], list[tuple[int, int]]] = {}
    for line, instructions in zip(said, counts[1::2], strict=True):
        path, side, turns = json.loads(line)
        sides.setdefault((path, side), []).append((turns, instructions))
    costs = {key: per_turn(*each) for key, each in sides.items()}
    return {path: round(costs[path, "ours"] / costs[path, "by_hand"], 3) for path, side in costs if side == "ours"}


def per_turn(few: tuple[int, int], many: tuple[int, int]) -> float:
    """Return the instructions of one turn, from two pairs of turns and instructions."""
    return (many[1] - few[1]) / (many[0] - few[0])


def build_of(python: Python) -> str:
    """Return what decides how many instructions *python* takes: version, compiler, machine, options of the build."""
    answer = subprocess.run([str(python.executable), "-S", "-c", BUILD], capture_output=True, text=True, check=True)
    return answer.stdout.strip()


# judging


def judge(now: Mapping[str, float], build: str, baseline: Baseline | None) -> list[Judged]:
    """Return what *now* means beside *baseline*; None: there is none for this Python."""
    allowed = GROWTH if baseline is None or baseline.build == build else GROWTH_ELSEWHERE
    agreed = baseline.ratios if baseline is not None else {}
    return [
        Judged(path, verdict(ratio, agreed.get(path), allowed), ratio, agreed.get(path), allowed)
        for path, ratio in now.items()
    ]


def verdict(now: float, agreed: float | None, allowed: float) -> Verdict:
    """Return what the ratio *now* means where *agreed* may grow by the part *allowed*."""
    if agreed is None:
        return "new"
    if now > agreed * (1 + allowed):
        return "over"
    return "under" if now < agreed * (1 - max(FAR_UNDER, allowed)) else "ok"


def read_baselines(file: Path) -> dict[str, Baseline]:
    """Return what *file* says, by Python ("3.12"); nothing where it is missing."""
    if not file.exists():
        return {}
    known = json.loads(file.read_text("utf-8"))
    return {version: Baseline(each["build"], each["ratios"]) for version, each in known.items()}


def write_baselines(file: Path, baselines: Mapping[str, Baseline]) -> None:
    """Write *baselines* to *file*, sorted, so that a change shows as the lines that changed."""
    known = {version: {"build": each.build, "ratios": each.ratios} for version, each in sorted(baselines.items())}
    file.write_text(json.dumps(known, indent=2) + "\n", "utf-8")


# the command


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what the command can be asked for."""
    parser.add_argument("word", nargs="?", default="", help="only paths whose name holds this word")
    parser.add_argument("--only-this", action="store_true", help="on the Python that runs dev.py only")
    parser.add_argument("--renew", action="store_true", help="write what is counted now as the baseline")


def instructions(options: argparse.Namespace) -> int:
    """
    Count on this Python and the other supported ones that are here, two at a time; compare, or renew the baseline.

    Returns:
        0 if no path is over its baseline, 1 if one is or counting failed, 77 where nothing was compared.
    """
    if shutil.which("valgrind") is None:
        report.say(MISSING)
        return SKIPPED
    this = pythons.this_python()
    others = [] if options.only_this else [each for each in pythons.SUPPORTED if each != this.version]
    found = [this, *(each for each in map(pythons.find, others) if each is not None)]
    with ThreadPoolExecutor(max_workers=2) as workers:
        counted = list(workers.map(partial(_counted, word=options.word), found))
    renewed = {python.version: each for python, (each, _) in zip(found, counted, strict=True) if each is not None}
    known = read_baselines(ROOT / BASELINE)
    if options.renew:
        write_baselines(ROOT / BASELINE, {**known, **_merged(known, renewed)})
    rows = [
        told(python, each, known.get(python.version), elapsed_s, is_renewed=options.renew)
        for python, (each, elapsed_s) in zip(found, counted, strict=True)
    ]
    report.say(report.table("instructions", rows))
    return report.exit_code(rows) or (SKIPPED if all(row.outcome == "skipped" for row in rows) else 0)


def _counted(python: Python, word: str) -> tuple[Baseline | None, float]:
    start = time.monotonic()
    try:
        return Baseline(build_of(python), count(ROOT, python, word)), time.monotonic() - start
    except CountingFailedError as error:
        report.say(f"Python {python.version} could not count:\n{error}")
        return None, time.monotonic() - start


def _merged(known: Mapping[str, Baseline], renewed: Mapping[str, Baseline]) -> dict[str, Baseline]:
    """Return *renewed*, with what is known of paths that were not counted now, if the same build counted them."""
    return {
        version: Baseline(each.build, {**known[version].ratios, **each.ratios})
        if version in known and known[version].build == each.build
        else each
        for version, each in renewed.items()
    }


def told(
    python: Python, now: Baseline | None, agreed: Baseline | None, elapsed_s: float, *, is_renewed: bool = False
) -> Row:
    """Print what was found on *python*, a line for each path that is not as agreed, and return it as a row."""
    name = f"Python {python.version}"
    if now is None:
        return Row(name, "failed", elapsed_s, "could not count")
    judged = judge(now.ratios, now.build, agreed)
    if is_renewed or agreed is None:
        for each in judged:
            report.say(f"{name}: {each}")
        return Row(name, "ok" if is_renewed else "skipped", elapsed_s, "renewed" if is_renewed else "no baseline yet")
    for each in judged:
        if each.verdict != "ok":
            report.say(f"{name}: {each}")
    over = [each.path for each in judged if each.verdict == "over"]
    elsewhere = (
        "" if agreed.build == now.build else f" ({GROWTH_ELSEWHERE:.0%} allowed: the baseline is {agreed.build})"
    )
    note = f"over: {', '.join(over)}" if over else f"{len(judged)} paths within the baseline{elsewhere}"
    return Row(name, "failed" if over else "ok", elapsed_s, note)


if __name__ == "__main__":
    command = argparse.ArgumentParser(prog="instructions")
    add_arguments(command)
    sys.exit(instructions(command.parse_args()))
