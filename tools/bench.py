"""`dev.py bench`: run `benchmarks` in an environment that has what it compares with."""

import argparse
import subprocess
from pathlib import Path

from tools import comparison, environment, pythons, report

ROOT = Path(__file__).resolve().parent.parent
PREFERRED = "3.13"  # so that numbers of different days and places are of one interpreter


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what the benchmarks can be asked for; `python -m benchmarks` takes the same."""
    parser.add_argument("rows", nargs="*", metavar="ROW", help="rows to measure, as S5, or S9 for all its parts")
    parser.add_argument("--quick", action="store_true", help="fewer and shorter rounds: a first impression, no result")
    parser.add_argument("--only", default="", metavar="A,B", help="these libraries alone, by the beginning of a name")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write what was measured there as well")
    parser.add_argument("--write", action="store_true", help="measure all and write docs/performance.* anew")


def bench(options: argparse.Namespace) -> int:
    """Run the benchmarks on CPython 3.13 where it is found, else on this one; return their exit code."""
    python = pythons.find(PREFERRED)
    if python is None:
        python = pythons.this_python()
        report.say(f"no Python {PREFERRED} found: measuring on {python.version}")
    interpreter = environment.prepare(ROOT, python, ["bench"])
    # Other libraries warn while they are imported, of things that nobody here can mend.
    command = [str(interpreter), "-W", "ignore", "-m", "benchmarks", *words(options)]
    code = subprocess.run(command, cwd=ROOT, stdin=subprocess.DEVNULL).returncode
    if options.write and code == 0:
        comparison.write(ROOT)
    return code


def words(options: argparse.Namespace) -> list[str]:
    """Return *options* as they stand on the command line of the benchmarks."""
    found = [f"--{name}" for name in ("quick", "write") if getattr(options, name)]
    if options.only:
        found.append(f"--only={options.only}")
    if options.json:
        found.append(f"--json={options.json.absolute()}")
    return [*found, *options.rows]
