"""`dev.py pictures`: make the pictures of the documents, and what their programs print, anew."""

import argparse
import subprocess
from pathlib import Path

from tools import environment, pythons

ROOT = Path(__file__).resolve().parent.parent


def pictures(options: argparse.Namespace) -> int:
    """Write docs/drawings.md and docs/pictures/ anew; return the exit code of what does it."""
    interpreter = environment.prepare(ROOT, pythons.this_python(), ["test"])
    return subprocess.run([str(interpreter), "-m", "tests.draw.pages"], cwd=ROOT, stdin=subprocess.DEVNULL).returncode
