"""The command line: `python -m benchmarks [ROW …] [--quick] [--only A,B]`; `python3 dev.py bench` calls it."""

import argparse
import sys

from benchmarks import report, scenarios
from benchmarks.adapters import BY_HAND, LIBRARIES, RAW, Library
from benchmarks.timing import FULL, QUICK


def parser() -> argparse.ArgumentParser:
    """Return the parser of the command line."""
    top = argparse.ArgumentParser(prog="benchmarks", description="Time the same work in several libraries.")
    top.add_argument("rows", nargs="*", metavar="ROW", help="rows to measure, as S5; default: all")
    top.add_argument("--quick", action="store_true", help="fewer and shorter rounds: a first impression, no result")
    top.add_argument("--only", metavar="A,B", default="", help="these libraries alone, by the beginning of their names")
    return top


def chosen(only: str) -> list[Library]:
    """Return the libraries whose titles begin with one of the words of *only*, and what is by hand; all for ""."""
    words = tuple(word.strip().lower() for word in only.split(",") if word.strip())
    return [
        library
        for library in LIBRARIES
        if not words or library.title in (BY_HAND, RAW) or library.title.lower().startswith(words)
    ]


def main(arguments: list[str]) -> int:
    """Measure what is asked for and print a line per library; 2 where a row is unknown."""
    options = parser().parse_args(arguments)
    try:
        rows = scenarios.chosen(options.rows)
    except LookupError as error:
        print(error.args[0], file=sys.stderr)
        return 2
    libraries, effort = chosen(options.only), QUICK if options.quick else FULL
    for row in rows:
        found = row.measure(libraries, effort)
        print(report.lines(row, found), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
