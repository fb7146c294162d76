"""The tables at the end: what was opened and closed, and whether the witnesses agree. Pure: counts in, lines out."""

from tenure.cli.demo.recorder import Tally
from tenure.cli.demo.witnesses import Check, show_range
from tenure.cli.text import Glyphs, Line, Span, Tone, count, line, quiet, shorten, strong

COUNTS = ("opened", "closed", "failed", "open")


def tally_lines(tallies: dict[str, Tally], width: int, glyphs: Glyphs) -> list[Line]:
    """
    Return the table of resources by kind, with their sum.

    "saw error": closed with an error before their eyes, as a transaction is that rolls back. "failed": their own
    opening or closing raised.
    """
    is_wide = width >= 76
    counts = 8 * len(COUNTS) + (24 if is_wide else 0)
    names = _name_width(list(tallies), width, counts)
    head = ("scope".ljust(12), *(name.rjust(8) for name in COUNTS[:2]), "saw error".rjust(12))
    heads = "".join(head if is_wide else head[1:3]) + "".join(name.rjust(8) for name in COUNTS[2:])
    return [
        line(strong("resource".ljust(names) + heads)),
        *(_tally_line(label, tally, names, is_wide=is_wide, glyphs=glyphs) for label, tally in tallies.items()),
        line(quiet(glyphs.rule * (names + counts))),
        _tally_line("all", total(tallies), names, is_wide=is_wide, glyphs=glyphs),
    ]


def total(tallies: dict[str, Tally]) -> Tally:
    """Return the sum of *tallies*."""
    tally = Tally("")
    for kind in tallies.values():
        tally.n_opened += kind.n_opened
        tally.n_closed += kind.n_closed
        tally.n_told += kind.n_told
        tally.n_failed += kind.n_failed
        tally.n_owed += kind.n_owed
    return tally


def _tally_line(label: str, tally: Tally, names: int, *, is_wide: bool, glyphs: Glyphs) -> Line:
    return line(
        shorten(label, names - 1, glyphs.more).ljust(names),
        quiet(tally.scope.ljust(12) if is_wide else ""),
        count(tally.n_opened).rjust(8),
        count(tally.n_closed).rjust(8),
        quiet(count(tally.n_told).rjust(12) if is_wide else ""),
        Span(count(tally.n_failed).rjust(8), Tone.BAD if tally.n_failed else Tone.PLAIN),
        Span(count(tally.n_owed).rjust(8), Tone.BAD if tally.n_owed else Tone.PLAIN),
    )


def check_lines(checks: list[Check], width: int, glyphs: Glyphs) -> list[Line]:
    """Return the table of checks, three witnesses side by side."""
    witnesses = ("clients", "Tenure", "system")
    column = 10 if width >= 60 else 8
    names = _name_width([check.question for check in checks], width, len(witnesses) * column + 3)
    head = "witnesses".ljust(names) + "".join(witness.rjust(column) for witness in witnesses)
    return [line(strong(head)), *(_check_line(check, names, column, width, glyphs) for check in checks)]


def _check_line(check: Check, names: int, column: int, width: int, glyphs: Glyphs) -> Line:
    answers = (check.clients, check.tenure, check.system)
    numbers = "".join(show_range(answer).rjust(column) for answer in answers)
    mark = Span(f"  {glyphs.good}", Tone.GOOD) if check.agrees else Span(f"  {glyphs.bad}", Tone.BAD)
    spans = line(shorten(check.question, names - 1, glyphs.more).ljust(names), numbers, mark)
    left = width - names - len(numbers) - 3
    if check.source and left >= len(check.source) + 2:
        spans = (*spans, quiet(f"  {check.source}"))
    return spans


def _name_width(names: list[str], width: int, others: int) -> int:
    longest = max((len(name) for name in names), default=0)
    return max(min(max(longest, 9) + 2, width - others), 6)
