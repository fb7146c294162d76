"""
Where lines go: a terminal, on which a region at the end is drawn again and again, or anything else, line by line.

Knows streams and escape sequences; must not know what is shown.
"""

import os
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TextIO

from tenure.cli.text import ASCII, UNICODE, Glyphs, Line, Tone, cut

MIN_WIDTH, MAX_WIDTH = 40, 100
CODES = {
    Tone.PLAIN: "",
    Tone.STRONG: "\x1b[1m",
    Tone.QUIET: "\x1b[2m",
    Tone.ACCENT: "\x1b[36m",
    Tone.GOOD: "\x1b[32m",
    Tone.BAD: "\x1b[31m",
}
RESET = "\x1b[0m"


@dataclass(slots=True)
class Screen:
    """A stream of lines; on a live one the last lines are a region that changes."""

    stream: TextIO
    is_live: bool
    glyphs: Glyphs
    fixed_width: int | None = None
    """Columns, for a stream that has no size of its own; None asks the terminal each time."""
    is_broken: bool = False
    """Whether the reader has gone; nothing is written any more, and nothing fails because of it."""
    _n_region: int = 0

    @property
    def width(self) -> int:
        """Columns to draw on, from 40 to 100."""
        return max(MIN_WIDTH, min(self.fixed_width or self.columns, MAX_WIDTH))

    @property
    def columns(self) -> int:
        """Columns that the terminal has, save the last: some wrap there."""
        return max(shutil.get_terminal_size().columns - 1, 1)

    @property
    def rows(self) -> int:
        """Lines that the terminal has."""
        return shutil.get_terminal_size().lines

    def say(self, lines: Sequence[Line], *, whole: bool = False) -> None:
        """Write *lines* for good, above the region; *whole* ones may be wider than the screen."""
        self._write(self._erased() + "".join(self._text(line, whole=whole) + "\n" for line in lines))

    def status(self, line: Line) -> None:
        """Write *line* where there is no region to show it in."""
        if not self.is_live:
            self.say([line])

    def region(self, lines: Sequence[Line]) -> None:
        """Show *lines* in the place of the last region; nothing where there is none."""
        if not self.is_live:
            return
        shown = lines[: max(shutil.get_terminal_size().lines - 2, 1)]  # what scrolled away cannot be drawn again
        text = self._erased() + "".join(self._text(line) + "\n" for line in shown)
        self._n_region = len(shown)
        self._write(text)

    def begin(self) -> None:
        """Hide the cursor, which would jump with the region."""
        if self.is_live:
            self._write("\x1b[?25l")

    def end(self) -> None:
        """Remove the region and show the cursor."""
        if self.is_live:
            self._write(self._erased() + "\x1b[?25h")

    def _erased(self) -> str:
        n_lines, self._n_region = self._n_region, 0
        return f"\x1b[{n_lines}F\x1b[J" if n_lines else ""

    def _text(self, line: Line, *, whole: bool = False) -> str:
        if not self.is_live:
            return "".join(span.text for span in line).rstrip()
        # A line that wraps would make the region higher than it is known to be.
        spans = line if whole else cut(line, min(self.width, self.columns), self.glyphs.more)
        return "".join(f"{CODES[s.tone]}{s.text}{RESET}" if CODES[s.tone] else s.text for s in spans)

    def _write(self, text: str) -> None:
        if self.is_broken or not text:
            return
        try:
            self.stream.write(text)
            self.stream.flush()
        except (OSError, ValueError):  # ValueError: the stream was closed
            self.is_broken = True


def open_screen(stream: TextIO, environment: Mapping[str, str] = os.environ) -> Screen:
    """
    Return the screen for *stream*: live on a terminal that can move its cursor, plain elsewhere.

    NO_COLOR (https://no-color.org), TERM=dumb and a stream that is no terminal make it plain. A stream that cannot
    show Unicode gets ASCII.
    """
    is_live = stream.isatty() and not environment.get("NO_COLOR") and environment.get("TERM") != "dumb"
    try:
        "█●├─…✓".encode(stream.encoding or "ascii")
        glyphs = UNICODE
    except (UnicodeEncodeError, LookupError):
        glyphs = ASCII
    columns = environment.get("COLUMNS", "")
    fixed = None if stream.isatty() else int(columns) if columns.isdecimal() else MAX_WIDTH
    return Screen(stream, is_live, glyphs, fixed)
