"""
What holds without running the tests: format, lint, types, floors, and what the hot paths cost.

All checks run, two at a time; the output of one is shown when it failed.
"""

import os
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from tools import instructions, report
from tools.report import Row

# Pyright's package holds all it needs; without these it would look for newer ones or use what happens to be here.
PYRIGHT = {"PYRIGHT_PYTHON_GLOBAL_NODE": "0", "PYRIGHT_PYTHON_IGNORE_WARNINGS": "1"}


@dataclass(frozen=True, slots=True)
class Check:
    """A command that succeeds when something holds; `instructions.SKIPPED` says that it could not look."""

    name: str
    command: tuple[str, ...]


def checks(interpreter: Path) -> list[Check]:
    """Return every check, the longest first; *interpreter* has the project and its tools installed."""
    python = str(interpreter)
    tool = (python, "-m")
    pyright = (*tool, "pyright", "--pythonpath", python)
    floors = (python, "-c", "import sys; from importlinter.cli import lint_imports_command as run; sys.exit(run())")
    return [
        Check("instructions", (*tool, "tools.instructions", "--only-this")),
        Check("mypy --strict", (*tool, "mypy", "--strict", "--no-color-output")),
        Check("pyright", pyright),
        Check("pyright --verifytypes", (*pyright, "--verifytypes", "tenure", "--ignoreexternal")),
        Check("ruff format", (*tool, "ruff", "format", "--check", ".")),
        Check("ruff check", (*tool, "ruff", "check", ".")),
        Check("lint-imports", floors),
    ]


def run(root: Path, interpreter: Path, *, fix: bool) -> int:
    """Run every check (with *fix* after formatting and mending), print a table, and return 1 if one failed."""
    if fix:
        for arguments in (["check", "--fix", "--quiet", "."], ["format", "--quiet", "."]):
            subprocess.run([str(interpreter), "-m", "ruff", *arguments], cwd=root, stdin=subprocess.DEVNULL)
    with ThreadPoolExecutor(max_workers=2) as workers:
        rows = list(workers.map(partial(run_one, root, interpreter), checks(interpreter)))
    report.say(report.table("checks", rows))
    return report.exit_code(rows)


def run_one(root: Path, interpreter: Path, check: Check) -> Row:
    """Run *check*, print its output in one piece if it failed, and return the result."""
    path = os.pathsep.join([str(interpreter.parent), os.environ.get("PATH", "")])  # `--verifytypes` asks `python` there
    start = time.monotonic()
    result = subprocess.run(
        check.command,
        cwd=root,
        env={**os.environ, **PYRIGHT, "PATH": path},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    if result.returncode == instructions.SKIPPED:
        return Row(check.name, "skipped", time.monotonic() - start, last_line(result.stdout))
    if result.returncode != 0:
        report.say(f"== {check.name}\n{result.stdout.rstrip()}\n")
    outcome: report.Outcome = "ok" if result.returncode == 0 else "failed"
    return Row(check.name, outcome, time.monotonic() - start, last_line(result.stdout))


def last_line(output: str) -> str:
    """Return the last line of *output* that says something, times aside, at most 80 characters of it."""
    lines = [line.strip() for line in output.splitlines()]
    telling = [line for line in lines if line and not line.startswith("Completed in")]
    return telling[-1][:80] if telling else ""
