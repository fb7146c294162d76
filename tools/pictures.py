"""`dev.py pictures`: make the pictures of the documents, and what their programs print, anew (`tests/pictures`)."""

import argparse
import subprocess
from pathlib import Path

from tools import environment, pythons

ROOT = Path(__file__).resolve().parent.parent


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what it can be asked for; `python -m tests.pictures` takes the same."""
    parser.add_argument("names", nargs="*", metavar="NAME", help="these alone, as dashboard-light.png")


def pictures(options: argparse.Namespace) -> int:
    """Make them; return 0, 1 where one could not be made, 2 for an unknown name."""
    interpreter = environment.prepare(ROOT, pythons.this_python(), ["test"])
    command = [str(interpreter), "-m", "tests.pictures", *options.names]
    return subprocess.run(command, cwd=ROOT, stdin=subprocess.DEVNULL).returncode
