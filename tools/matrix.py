"""
The test suite on every supported Python of this machine.

The whole suite runs on this Python; on the others as well, unless it took long here: then without the tests that are
marked slow.
"""

import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

from tools import environment, pythons, report
from tools.pythons import Python
from tools.report import Row

LONG_S = 180.0
NO_TESTS = 5  # pytest's exit code when it found none


def run(root: Path, arguments: Sequence[str], *, only_this: bool) -> int:
    """Run pytest with *arguments*, this Python first, print a table, and return 1 if one Python failed."""
    this = pythons.this_python()
    rows = [run_on(root, this, arguments)]
    others = [] if only_this else [version for version in pythons.SUPPORTED if version != this.version]
    quick = ["-m", "not slow"] if rows[0].elapsed_s > LONG_S else []
    for version in others:
        other = pythons.find(version)
        if other is None:
            rows.append(Row(f"Python {version}", "skipped", note="not found on this machine"))
        else:
            rows.append(run_on(root, other, [*quick, *arguments]))
    report.say(report.table("tests", rows))
    return report.exit_code(rows)


def run_on(root: Path, python: Python, arguments: Sequence[str]) -> Row:
    """Run pytest on *python* with its output going through, and return the result."""
    name = f"Python {python.version}"
    try:
        interpreter = environment.prepare(root, python, ["test"])
    except environment.EnvironmentFailedError as error:
        report.say(str(error))
        return Row(name, "failed", note="could not install")
    report.say(f"== tests on {name} ({python.build.split()[0]})")
    start = time.monotonic()
    result = subprocess.run([str(interpreter), "-m", "pytest", *arguments], cwd=root, stdin=subprocess.DEVNULL)
    note = "no test found" if result.returncode == NO_TESTS else " ".join(arguments)
    return Row(name, "ok" if result.returncode == 0 else "failed", time.monotonic() - start, note)
