"""The rows of the table: what is done in each, what a correct result is, and what Tenure aims at."""

from collections.abc import Sequence

from benchmarks.scenarios.apart import APART
from benchmarks.scenarios.calls import CALLS
from benchmarks.scenarios.declarative import DECLARATIVE
from benchmarks.scenarios.row import Row
from benchmarks.scenarios.scopes import SCOPES
from benchmarks.scenarios.starting import STARTING
from benchmarks.scenarios.threads import THREADS
from benchmarks.scenarios.watching import WATCHING
from benchmarks.scenarios.web import WEB

ALL = (*CALLS, *SCOPES, *APART, *STARTING, *WEB, *THREADS, *DECLARATIVE, *WATCHING)
ORDER = ["S1", "S2", "S3", "S4", "S5n", "S5", "S6", "S7", "S8", "S9", "S10", "S11", "S12", "S13", "S14", "D", "O"]
ROWS: tuple[Row, ...] = tuple(sorted(ALL, key=lambda row: ORDER.index(row.scenario)))


def chosen(words: Sequence[str]) -> list[Row]:
    """
    Return the rows that are named, as "S9.build" or "S9" for all its parts, letter case aside; all rows for none.

    Raises:
        LookupError: a word names no row.
    """
    wanted = {word.upper() for word in words}
    known = {name.upper() for row in ROWS for name in (row.name, row.scenario)}
    if wanted - known:
        raise LookupError(f"no row {min(wanted - known)!r}; there are {', '.join(row.name for row in ROWS)}")
    return [row for row in ROWS if not wanted or wanted & {row.name.upper(), row.scenario.upper()}]
