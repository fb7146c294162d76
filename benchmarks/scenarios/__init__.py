"""The rows of the table: what is done in each, what a correct result is, and what Tenure aims at."""

from benchmarks.scenarios.apart import APART
from benchmarks.scenarios.calls import CALLS
from benchmarks.scenarios.row import Row
from benchmarks.scenarios.scopes import SCOPES
from benchmarks.scenarios.starting import STARTING

ROWS: tuple[Row, ...] = (*CALLS, *SCOPES, *STARTING, *APART)


def chosen(words: list[str]) -> list[Row]:
    """
    Return the rows whose names begin with one of *words*, letter case aside; every row where there are none.

    Raises:
        LookupError: a word names no row.
    """
    wanted = [word.upper() for word in words]
    for word in wanted:
        if not any(row.name.upper().split(".")[0] == word or row.name.upper() == word for row in ROWS):
            raise LookupError(f"no row {word!r}; there are {', '.join(row.name for row in ROWS)}")
    return [row for row in ROWS if not wanted or {row.name.upper(), row.name.upper().split(".")[0]} & set(wanted)]
