"""Tables of results on a terminal; colour only there."""

import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Outcome = Literal["ok", "failed", "skipped"]
COLOURS: dict[Outcome, str] = {"ok": "32", "failed": "31", "skipped": "33"}


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table."""

    name: str
    outcome: Outcome
    elapsed_s: float = 0.0
    note: str = ""


def table(title: str, rows: Sequence[Row], *, colour: bool | None = None) -> str:
    """Return *rows* as aligned text under *title*; *colour* None means: when standard output is a terminal."""
    coloured = colour if colour is not None else sys.stdout.isatty() and "NO_COLOR" not in os.environ
    width = max((len(row.name) for row in rows), default=0)
    return "\n".join([f"== {title}", *(_line(row, width, colour=coloured) for row in rows)])


def _line(row: Row, width: int, *, colour: bool) -> str:
    outcome = f"{row.outcome:<7}"
    if colour:
        outcome = f"\033[{COLOURS[row.outcome]}m{outcome}\033[0m"
    elapsed = f"{row.elapsed_s:7.1f} s" if row.elapsed_s else " " * 9
    return f"   {row.name:<{width}}  {outcome}  {elapsed}  {row.note}".rstrip()


def exit_code(rows: Sequence[Row]) -> int:
    """Return 1 if anything failed, else 0."""
    return int(any(row.outcome == "failed" for row in rows))


def say(text: str) -> None:
    """Print *text* at once, so that it stands before what a child process prints next."""
    print(text, flush=True)
