"""The progress tree: every resource under the one of its needs that opens last, with what it does now. Pure."""

from collections.abc import Sequence

from tenure.cli.life import CLOSED, CLOSING, FAILED, OPEN, OPENING, WAITING, Row
from tenure.cli.text import Glyphs, Line, Span, Tone, duration, line, quiet, strong


def tree_lines(rows: Sequence[Row], act: str, began_at: float, now: float, glyphs: Glyphs) -> list[Line]:
    """
    Return what is shown while a container starts or closes.

    Args:
        rows: its resources, dependencies first.
        act: "start" or "close".
        began_at: when that began, seconds.
        now: seconds on the same clock.
        glyphs: the signs to draw with.
    """
    done, goal = (OPEN, "open") if act == "start" else (CLOSED, "closed")
    n_done = sum(row.state == done for row in rows)
    head = f"{n_done} of {len(rows)} {goal}"
    verb = "starting" if act == "start" else "closing"
    lines = [line(strong(f"{verb}  "), head, quiet(f"  {_short(now - began_at)}"))]
    for stem, row in _laid_out(rows, glyphs):
        lines.append(line(_sign(row, glyphs), " ", quiet(stem), *_said(row, rows, act, now)))
    return lines


def summary(rows: Sequence[Row], act: str, elapsed_s: float, glyphs: Glyphs) -> list[Line]:
    """
    Return what stays on the screen when a start or close is over: a line, and one for each failure.

    Args:
        rows: the resources.
        act: "start", "close", or "no start" for one that did not end well.
        elapsed_s: seconds that it took.
        glyphs: the signs to draw with.
    """
    failed = [row for row in rows if row.state == FAILED]
    if act == "no start":
        first = line(
            Span(f"{glyphs.bad} the start ended after {_short(elapsed_s)}", Tone.BAD), quiet("; all is closed")
        )
        return [first, *(line(Span(f"  {glyphs.bad} {row.name}: {row.note}", Tone.BAD)) for row in failed)]
    done = [row for row in rows if row.state == (OPEN if act == "start" else CLOSED)]
    verb = "opened" if act == "start" else "closed"
    slowest = max(done, key=lambda row: row.elapsed_s or 0.0, default=None)
    also = f", slowest {slowest.name} {_short(slowest.elapsed_s or 0.0)}" if slowest is not None else ""
    sign = Span(glyphs.bad, Tone.BAD) if failed else Span(glyphs.good, Tone.GOOD)
    noun = "resource" if len(done) == 1 else "resources"
    lines = [line(sign, f" {verb} {len(done)} {noun} in {_short(elapsed_s)}", quiet(also))]
    return lines + [line(Span(f"  {glyphs.bad} {row.name}: {row.note}", Tone.BAD)) for row in failed]


def _laid_out(rows: Sequence[Row], glyphs: Glyphs) -> list[tuple[str, Row]]:
    at = {row.name: number for number, row in enumerate(rows)}
    children: dict[str | None, list[Row]] = {}
    for row in rows:  # the last of its needs in order of opening is likely what it waits for last
        parent = max((name for name in row.needs if name in at), key=lambda name: at[name], default=None)
        children.setdefault(parent, []).append(row)
    found: list[tuple[str, Row]] = []
    stack = [("", "", row) for row in reversed(children.get(None, []))]
    while stack:
        fork, stem, row = stack.pop()
        found.append((fork, row))
        below = children.get(row.name, [])
        for child in reversed(below):
            is_last = child is below[-1]
            own = stem + (glyphs.last if is_last else glyphs.fork)
            stack.append((own, stem + (glyphs.gap if is_last else glyphs.down), child))
    return found


def _sign(row: Row, glyphs: Glyphs) -> Span:
    match row.state:
        case "opening" | "closing":
            return Span(glyphs.mark, Tone.ACCENT)
        case "open":
            return Span(glyphs.good, Tone.GOOD)
        case "failed":
            return Span(glyphs.bad, Tone.BAD)
        case _:
            return Span(glyphs.dot, Tone.QUIET)


def _said(row: Row, rows: Sequence[Row], act: str, now: float) -> list[Span]:
    if row.state in (OPENING, CLOSING):
        note = f"  {row.note}" if row.note else ""
        return [Span(row.name, Tone.ACCENT), Span(f"  {row.state} for {_short(now - row.at)}"), quiet(note)]
    if row.state == FAILED:
        return [Span(row.name, Tone.BAD), Span(f"  {row.note}", Tone.BAD)]
    if row.state == WAITING:
        waits_for = [each.name for each in rows if each.name in row.needs and each.state != OPEN]
        return [quiet(row.name), quiet(f"  waits for {', '.join(waits_for)}" if waits_for else "  waits")]
    if row.state == OPEN and act == "close":
        above = [each.name for each in rows if row.name in each.needs and each.state not in (CLOSED, FAILED, WAITING)]
        return [Span(row.name), quiet(f"  waits for {', '.join(above)}" if above else "")]
    return [Span(row.name) if row.state == OPEN else quiet(row.name), quiet(f"  {_short(row.elapsed_s or 0.0)}")]


def _short(seconds: float) -> str:
    return duration(max(seconds, 0.0)).strip()
