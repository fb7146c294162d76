"""
The programs and commands of docs/command-line.md; `python tests/cli/page.py` writes what they print into it anew.

Times are masked for the comparison, everything else is compared exactly.
"""

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.cli.golden import masked

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "command-line.md"
PROGRAM = re.compile(r"^```python\n# (\w+\.py)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
PRINTED = re.compile(r"^```python\n# (\w+\.py)\n(?:(?!```).*\n)+```\n```text\n((?:(?!```).*\n)+)```$", re.MULTILINE)
CONSOLE = re.compile(r"(?<=^```console\n)(.*?)(?=^```$)", re.MULTILINE | re.DOTALL)


def write_programs(folder: Path) -> None:
    """Write the programs of the page into *folder*."""
    for name, text in PROGRAM.findall(PAGE.read_text(encoding="utf-8")):
        (folder / name).write_text(f"# {name}\n{text}", encoding="utf-8")


def output_of(command: list[str], folder: Path) -> str:
    """Return what *command* prints, run in *folder*."""
    env = os.environ | {"PYTHONPATH": str(ROOT / "src"), "COLUMNS": "100"}
    done = subprocess.run(
        [sys.executable, *command], cwd=folder, env=env, text=True, timeout=60, check=False,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    return done.stdout.replace(f"{folder.resolve()}{os.sep}", "")


def session(block: str, folder: Path) -> str:
    """Return the block of a console as it is when its commands are run."""
    lines = []
    for line in block.splitlines():
        if line.startswith("$ tenure "):
            lines += [line, *output_of(["-m", *line.removeprefix("$ ").split()], folder).rstrip().splitlines()]
    return "".join(f"{line}\n" for line in lines)


def as_run() -> str:
    """Return the page as it is when its commands are run."""
    with tempfile.TemporaryDirectory() as folder:
        write_programs(Path(folder))
        return CONSOLE.sub(lambda match: session(match[1], Path(folder)), PAGE.read_text(encoding="utf-8"))


def without_times(text: str) -> str:
    """Return *text* as it is compared."""
    return masked(text)


if __name__ == "__main__":
    PAGE.write_text(as_run(), encoding="utf-8")
