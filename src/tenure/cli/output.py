"""
What commands share in showing: a screen for a stream, tables as lines, JSON.

Text is decided as lines of spans (`text`); `rich` draws them on a terminal where it is installed, and the few escape
sequences of `screen` where it is not. What is no terminal gets the same text, plain.
"""

import json
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, TextIO

from tenure.cli.screen import Screen, open_screen
from tenure.cli.text import Line, Span, Tone, shorten


def screen_on(stream: TextIO, environment: Mapping[str, str] = os.environ) -> Screen:
    """Return the screen for *stream*; `rich` draws it where *stream* is a live terminal and it is installed."""
    plain = open_screen(stream, environment)
    if not plain.is_live:
        return plain
    try:
        from tenure.cli.rich_screen import RichScreen  # noqa: PLC0415 - an optional extra: tenure[cli]
    except ImportError:
        return plain
    return RichScreen(stream, True, plain.glyphs, plain.fixed_width)


def print_json(value: Any, *, stream: TextIO | None = None) -> None:
    """Write *value* as JSON, indented."""
    print(json.dumps(value, indent=2), file=sys.stdout if stream is None else stream)


def table(headings: Sequence[str], rows: Sequence[Sequence[str | Span]], *, right: Sequence[int] = ()) -> list[Line]:
    """
    Return lines with columns two blanks apart, a quiet heading first.

    Args:
        headings: of the columns.
        rows: as many cells each.
        right: numbers of the columns that are set to the right, from 0.
    """
    cells = [[Span(each, Tone.QUIET) for each in headings]]
    cells += [[each if isinstance(each, Span) else Span(each) for each in row] for row in rows]
    widths = [max(len(row[at].text) for row in cells) for at in range(len(headings))]
    lines = []
    for row in cells:
        spans: list[Span] = []
        for at, cell in enumerate(row):
            text = cell.text.rjust(widths[at]) if at in right else cell.text.ljust(widths[at])
            is_last = at == len(row) - 1
            spans += [Span(text.rstrip() if is_last else text, cell.tone)] + ([] if is_last else [Span("  ")])
        lines.append(tuple(spans))
    return lines


def short_place(where: str | None) -> str:
    """Return `file:line` with the file as seen from the current directory where it is below it; "" for None."""
    if where is None:
        return ""
    file, colon, number = where.rpartition(":")
    try:
        return f"{Path(file).relative_to(Path.cwd())}{colon}{number}"
    except ValueError:
        return where


def short_text(text: str) -> str:
    """Return *text* with the files below the current directory as seen from it."""
    return text.replace(f"{Path.cwd()}{os.sep}", "")


def split_place(where: str | None) -> tuple[str | None, int | None]:
    """Return file and line of `file:line`, the file as `short_place` shows it."""
    file, _, number = short_place(where).rpartition(":")
    return (file, int(number)) if file and number.isdecimal() else (None, None)


def fitting(text: str, width: int, screen: Screen) -> str:
    """Return *text* in at most *width* columns on a live screen; whole where it is a file or a pipe."""
    return shorten(text, width, screen.glyphs.more) if screen.is_live else text


def number_of(n: int, noun: str) -> str:
    """Return *n* and *noun*, in the plural where it is not 1: "3 findings"."""
    return f"{n} {noun}{'' if n == 1 else 's'}"
