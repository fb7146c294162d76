"""`dev.py servers`: run `tests/servers`, real servers under load and faults, in its environment."""

import argparse
import subprocess
from pathlib import Path

from tools import environment, pythons

ROOT = Path(__file__).resolve().parent.parent


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what it can be asked for; `python -m tests.servers` takes the same."""
    parser.add_argument("names", nargs="*", metavar="CLIENT", help="these alone, as postgres-asyncpg-asyncio")
    parser.add_argument("--quick", action="store_true", help="1 000 requests each instead of 10 000")
    parser.add_argument("--write", action="store_true", help="write the report into docs/servers.md")


def servers(options: argparse.Namespace) -> int:
    """Print the report on load and faults; return 0 if nothing was wrong, 1 if something was, 2 for an unknown name."""
    interpreter = environment.prepare(ROOT, pythons.this_python(), ["test"])
    command = [str(interpreter), "-m", "tests.servers", *words(options)]
    return subprocess.run(command, cwd=ROOT, stdin=subprocess.DEVNULL).returncode


def words(options: argparse.Namespace) -> list[str]:
    """Return *options* as they stand on the command line of `tests.servers`."""
    return [*[f"--{name}" for name in ("quick", "write") if getattr(options, name)], *options.names]
