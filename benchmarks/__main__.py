"""The command line: `python -m benchmarks [ROW …]`; `python3 dev.py bench` calls it."""

import argparse
import json
import sys
from pathlib import Path

from benchmarks import document, report, scenarios
from benchmarks.adapters import BY_HAND, LIBRARIES, RAW, Library
from benchmarks.report import Result
from benchmarks.timing import FULL, QUICK

DOCS = Path(__file__).resolve().parent.parent / "docs"


def parser() -> argparse.ArgumentParser:
    """Return the parser of the command line."""
    top = argparse.ArgumentParser(prog="benchmarks", description="Time the same work in several libraries.")
    top.add_argument("rows", nargs="*", metavar="ROW", help="rows to measure, as S5, or S9 for all its parts")
    top.add_argument("--quick", action="store_true", help="fewer and shorter rounds: a first impression, no result")
    top.add_argument("--only", metavar="A,B", default="", help="these libraries alone, by the beginning of their names")
    top.add_argument("--json", type=Path, metavar="FILE", help="write what was measured there as well")
    top.add_argument("--write", action="store_true", help="write docs/performance.md, .json and .svg anew; all rows")
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
    """Measure what is asked for, print a block per row, and write it where that is asked for; 2 for a wrong request."""
    options = parser().parse_args(arguments)
    if options.write and (options.rows or options.only):
        print("--write measures everything: it goes with no ROW and no --only", file=sys.stderr)
        return 2
    try:
        rows = scenarios.chosen(options.rows)
    except LookupError as error:
        print(error.args[0], file=sys.stderr)
        return 2
    libraries, effort = chosen(options.only), QUICK if options.quick else FULL
    results = []
    for row in rows:
        results.append(Result(row, row.measure(libraries, effort)))
        print(report.lines(results[-1]), flush=True)
    if options.json:
        options.json.write_text(json.dumps(report.data(results, effort), indent=1, ensure_ascii=False) + "\n", "utf-8")
    if options.write:
        document.write(DOCS, results, effort)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
