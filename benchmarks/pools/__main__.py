"""The command line: `python -m benchmarks.pools [--quick] [--write]`."""

import argparse
import asyncio
import logging
import platform
import sys
import warnings
from collections.abc import Iterator, Mapping
from importlib.metadata import version
from pathlib import Path

from benchmarks.pools.adapters import ADAPTERS, Adapter
from benchmarks.pools.features import TRIALS, verdict
from benchmarks.pools.times import OPTIONS, ROWS, Row, measured
from benchmarks.timing import FULL, QUICK, Effort, Measured

PAGE = Path(__file__).resolve().parents[2] / "docs" / "pool-comparison.md"
PEERS = {
    "psycopg_pool": "psycopg-pool",
    "SQLAlchemy QueuePool": "sqlalchemy",
    "asyncpg": "asyncpg",
    "connpool": "connpool",
}


async def verdicts(adapters: list[type[Adapter]]) -> dict[str, list[str]]:
    """Try every feature of every pool; return what was found, by feature, in the order of *adapters*."""
    found = {}
    for title, trial in TRIALS.items():
        found[title] = [await verdict(cls, trial) for cls in adapters]
        print(f"{title:66} " + " ".join(f"{each:>6}" for each in found[title]), flush=True)
    return found


def times(tables: Mapping[str, tuple[Row, ...]], effort: Effort) -> dict[str, dict[str, Measured]]:
    """Measure every row of *tables*."""
    found = {}
    for title, rows in tables.items():
        found[title] = measured(rows, effort)
        shown = ", ".join(f"{name} {each.value * 1e6:.2f} µs" for name, each in found[title].items())
        print(f"{title:22} {shown}", flush=True)
    return found


def page(
    adapters: list[type[Adapter]],
    found: dict[str, list[str]],
    timed: dict[str, dict[str, Measured]],
    alone: dict[str, dict[str, Measured]],
) -> str:
    """Return docs/pool-comparison.md."""
    lines = [
        *_features(adapters, found),
        TIMES.rstrip("\n"),
        *_times(timed),
        OPTIONS_ALONE.rstrip("\n"),
        *_times(alone),
    ]
    return _head() + "\n".join(lines) + "\n"


HEAD = """\
# Tenure's pool beside others

Written by `python -m benchmarks.pools --write`; nothing here is typed by hand.
CPython {python}; {versions}. Connections are objects
that open nothing, so that only the pools are measured; they stand in `benchmarks/pools/`.

## What each can do

Each line is a program that tries it (`benchmarks/pools/features.py`): *yes*, it does; *no*, it has no such option or
does something else, with the error where there was one; -, it does not apply. What a pool does not offer may be
reached by other means.

"""
TIMES = """
## How long a loan takes

Borrowed and given back, one borrower, an idle item there: microseconds, the median of the rounds and in brackets the
least, and beside it the median of the ratios to Tenure, each taken within a round. *All on*: Tenure with a check, a
reset, `discard`, `max_uses`, `max_waiting` and the callers of late borrowers. A star marks a median that other work on
the machine disturbed.
"""
OPTIONS_ALONE = """
## What each option costs

Tenure's pool by hand, as above, with one option at a time. `check` looks at a clock, as long as the item is fresh.
`reset` is a call of the user's function, behind what catches its errors; on threads the lock is let go of for it and
taken again. `late_after_s` reads from two frames where the callers are; without it a borrower is the task or thread and
the line that borrowed. A plain loan is six calls of Python functions and a dozen of functions in C: with any of these
two options on, a loop does not do it within 1 µs on every machine.
"""


def _head() -> str:
    versions = ", ".join(f"{name} {version(package)}" for name, package in PEERS.items() if _is_there(package))
    return HEAD.format(python=platform.python_version(), versions=versions)


def _is_there(package: str) -> bool:
    try:
        version(package)
    except ImportError:
        return False
    return True


def _features(adapters: list[type[Adapter]], found: dict[str, list[str]]) -> Iterator[str]:
    yield "| | " + " | ".join(cls.title for cls in adapters) + " |"
    yield "|---" * (len(adapters) + 1) + "|"
    for title, row in found.items():
        yield f"| {title} | " + " | ".join(row) + " |"


def _times(timed: dict[str, dict[str, Measured]]) -> Iterator[str]:
    for title, row in timed.items():
        yield ""
        yield f"| {title} | µs | by Tenure |"
        yield "|---|---|---|"
        for name, each in row.items():
            star = "\\*" if each.is_disturbed else ""
            least = f" ({each.least * 1e6:.2f})" if each.least is not None else ""
            yield f"| {name} | {each.value * 1e6:.2f}{star}{least} | {each.ratio:.2f} |"


def main() -> int:
    """Try and measure everything."""
    parser = argparse.ArgumentParser(prog="benchmarks.pools", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer and shorter rounds")
    parser.add_argument("--write", action="store_true", help="write docs/pool-comparison.md")
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    logging.getLogger().addHandler(logging.NullHandler())  # what libraries say of failures that are wanted here
    adapters = [cls for cls in ADAPTERS if cls.is_installed()]
    print(", ".join(cls.title for cls in adapters))
    found = asyncio.run(verdicts(adapters))
    effort = QUICK if options.quick else FULL
    timed, alone = times(ROWS, effort), times(OPTIONS, effort)
    if options.write:
        PAGE.write_text(page(adapters, found, timed, alone), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
