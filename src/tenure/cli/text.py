"""
Lines of text with tones, as data: what a line says is decided here, how a tone looks is the screen's.

Knows widths and numbers; must not know terminals.
"""

from dataclasses import dataclass
from enum import Enum
from typing import TypeAlias


class Tone(Enum):
    """How a piece of text is meant."""

    PLAIN = "plain"
    STRONG = "strong"
    QUIET = "quiet"
    ACCENT = "accent"
    GOOD = "good"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of a line in one tone."""

    text: str
    tone: Tone = Tone.PLAIN


Line: TypeAlias = tuple[Span, ...]

EMPTY: Line = ()


@dataclass(frozen=True, slots=True)
class Glyphs:
    """The signs that a report is drawn with; each is one column wide, a branch three."""

    full: str = "█"
    track: str = "░"
    parts: str = "▏▎▍▌▋▊▉"
    levels: str = "▁▂▃▄▅▆▇█"
    fork: str = "├─ "
    last: str = "└─ "
    down: str = "│  "
    gap: str = "   "
    mark: str = "●"
    good: str = "✓"
    bad: str = "✗"
    rule: str = "─"
    dot: str = "·"
    more: str = "…"


UNICODE = Glyphs()
ASCII = Glyphs("#", ".", "", "_.-=+*%#", "|- ", "`- ", "|  ", "   ", "*", "v", "x", "-", "-", "~")


def line(*parts: "str | Span") -> Line:
    """Return a line of *parts*; a bare string is plain text."""
    return tuple(Span(part) if isinstance(part, str) else part for part in parts)


def strong(text: str) -> Span:
    """Return *text* as a heading is set."""
    return Span(text, Tone.STRONG)


def quiet(text: str) -> Span:
    """Return *text* as an aside is set."""
    return Span(text, Tone.QUIET)


def width_of(spans: Line) -> int:
    """Return the number of columns of a line."""
    return sum(len(span.text) for span in spans)


def cut(spans: Line, width: int, more: str) -> Line:
    """Return a line of at most *width* columns; one that was longer ends with *more*."""
    if width_of(spans) <= width:
        return spans
    kept: list[Span] = []
    left = max(width - len(more), 0)
    for span in spans:
        kept.append(Span(span.text[:left], span.tone))
        left -= len(kept[-1].text)
        if not left:
            break
    return (*kept, Span(more[:width], Tone.QUIET))


def shorten(text: str, width: int, more: str) -> str:
    """Return *text* in at most *width* columns."""
    return text if len(text) <= width else text[: max(width - len(more), 0)] + more


def duration(seconds: float) -> str:
    """Return *seconds* with three figures at most, in 8 columns."""
    milliseconds = seconds * 1000
    if milliseconds < 9.95:
        return f"{milliseconds:5.1f} ms"
    if milliseconds < 999.5:
        return f"{milliseconds:5.0f} ms"
    return f"{seconds:5.2f} s "


def count(number: float) -> str:
    """Return *number* rounded, its thousands apart."""
    return f"{number:,.0f}"


def bar(begin: float, end: float, width: int, glyphs: Glyphs) -> str:
    """
    Return *width* columns with a bar from *begin* to *end*, both from 0 to 1.

    What is too short to be seen is one column.
    """
    first = min(round(begin * width), width - 1)
    last = max(first + 1, min(round(end * width), width))
    return " " * first + glyphs.full * (last - first) + " " * (width - last)


def progress(part: float, width: int, glyphs: Glyphs) -> tuple[str, str]:
    """Return the done and the undone piece of a progress bar of *width* columns; *part* is from 0 to 1."""
    n_full, rest = divmod(part * width, 1)
    done = glyphs.full * int(n_full)
    if glyphs.parts and int(n_full) < width:
        step = int(rest * (len(glyphs.parts) + 1))
        done += glyphs.parts[step - 1] if step else ""
    return done, glyphs.track * (width - len(done))


def sparkline(values: list[float], width: int, glyphs: Glyphs) -> str:
    """Return the last *width* of *values* as signs of growing height; the highest is full."""
    shown = values[-width:]
    top = max(shown, default=0.0)
    if not top:
        return ""
    steps = len(glyphs.levels) - 1
    return "".join(glyphs.levels[round(value / top * steps)] for value in shown)
