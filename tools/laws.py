"""`dev.py laws`: run the rig of the laws, `tests/laws`, in its environment."""

import argparse
import subprocess
from pathlib import Path

from tools import comparison, environment, pythons

ROOT = Path(__file__).resolve().parent.parent


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what the rig can be asked for; `python -m tests.laws` takes the same."""
    parser.add_argument("cases", nargs="*", metavar="CASE", help="run these alone, as a report shows them")
    parser.add_argument("--quick", action="store_true", help="the quick part of each driver, and no seeded bugs")
    parser.add_argument("--only", default="", metavar="A,B", help="these drivers alone, and no seeded bugs")
    parser.add_argument("--bank", action="store_true", help="the seeded bugs alone")
    parser.add_argument("--no-bank", action="store_true", help="leave the seeded bugs out")
    parser.add_argument("--jobs", type=int, metavar="N", help="worker processes; default: 2")
    parser.add_argument("--limit", type=float, metavar="SECONDS", help="how long a case may take")
    parser.add_argument("--matrix", action="store_true", help="write the table of libraries, docs/laws-matrix.md, anew")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write what was found there as well")


def laws(options: argparse.Namespace) -> int:
    """
    Run the rig, or the cases that are named.

    Returns:
        0 if every law held and every seeded bug was noticed, 1 if not, 2 where there is no such case, 130 after Ctrl-C.
    """
    if options.matrix:
        return matrix()
    interpreter = environment.prepare(ROOT, pythons.this_python(), ["test"])
    with subprocess.Popen([str(interpreter), "-m", "tests.laws", *words(options)], cwd=ROOT) as rig:
        while True:
            try:
                return rig.wait()
            except KeyboardInterrupt:
                continue  # the rig has it as well, and tells what it counted


def matrix() -> int:
    """Run the laws on Tenure and on other libraries, which are installed for it; write `docs/laws-matrix.*`."""
    interpreter = environment.prepare(ROOT, pythons.this_python(), ["test", "peers"])
    command = [str(interpreter), "-m", "tests.contract.matrix", "--output", str(ROOT / "docs")]
    code = subprocess.run(command, cwd=ROOT).returncode
    if code == 0:
        comparison.write(ROOT)
    return code


def words(options: argparse.Namespace) -> list[str]:
    """Return *options* as they stand on the command line of the rig."""
    found = [f"--{name.replace('_', '-')}" for name in ("quick", "bank", "no_bank") if getattr(options, name)]
    for name in ("only", "jobs", "limit", "json"):
        value = getattr(options, name)
        if value:
            found.append(f"--{name}={value.absolute() if isinstance(value, Path) else value}")
    return [*found, *options.cases]
