"""
The start as a tree: every resource under the one that it waited for last, and the critical path marked.

In this tree the critical path is one branch: it ends with the resource that opened last, and each step up is what that
one had to wait for. Pure: stories in, lines out.
"""

from dataclasses import dataclass

from tenure.cli.demo.recorder import Story
from tenure.cli.text import Glyphs, Line, Span, Tone, bar, duration, line, quiet, shorten, strong


@dataclass(frozen=True, slots=True)
class Row:
    """One resource in the tree."""

    branch: str
    story: Story
    is_critical: bool
    others: tuple[str, ...]
    """What else it needed, by label: those that were open earlier than the one it hangs under."""


def lay_out(stories: list[Story], glyphs: Glyphs) -> list[Row]:
    """Return the rows of the tree for *stories*, which are all open, in order of opening."""
    by_id = {story.id: story for story in stories}
    parents = {story.id: _waited_for(story, by_id) for story in stories}
    children: dict[int | None, list[Story]] = {}
    for story in stories:
        children.setdefault(parents[story.id], []).append(story)

    critical = critical_path(stories)
    rows: list[Row] = []

    def walk(parent: int | None, stem: str) -> None:
        siblings = children.get(parent, [])
        for story in siblings:
            is_last = story is siblings[-1]
            fork = "" if parent is None else glyphs.last if is_last else glyphs.fork
            others = tuple(by_id[n].label for n in story.needs if n in by_id and n != parent)
            rows.append(Row(stem + fork, story, story.id in critical, others))
            below = "" if parent is None else glyphs.gap if is_last else glyphs.down
            walk(story.id, stem + below)

    walk(None, "")
    return rows


def critical_path(stories: list[Story]) -> set[int]:
    """Return the ids on the way to the resource that opened last: making any of them faster makes the start faster."""
    by_id = {story.id: story for story in stories}
    path: set[int] = set()
    step = max(by_id, key=lambda number: by_id[number].opened_at or 0.0, default=None)
    while step is not None:
        path.add(step)
        step = _waited_for(by_id[step], by_id)
    return path


def _waited_for(story: Story, by_id: dict[int, Story]) -> int | None:
    known = [number for number in story.needs if number in by_id]
    return max(known, key=lambda number: by_id[number].opened_at or 0.0, default=None)


def start_lines(stories: list[Story], began: float, ended: float, width: int, glyphs: Glyphs) -> list[Line]:
    """Return the report on a start that lasted from *began* to *ended*, *width* columns wide."""
    total = max(ended - began, 1e-9)
    rows = lay_out(stories, glyphs)
    added_up = sum((row.story.opened_at or 0.0) - row.story.opening_at for row in rows)
    critical = " > ".join(row.story.label for row in rows if row.is_critical)
    labels = max((len(row.branch) + len(row.story.label) for row in rows), default=0)
    labels = min(labels, max(width - 14, 10))
    bars = min(max(width - labels - 14, 0), 28)
    return [
        line(
            strong(f"Opened {len(rows)} resources in {duration(total).strip()}"),
            quiet(f", in parallel; their times add up to {duration(added_up).strip()}"),
        ),
        *(_row_line(row, began, total, (labels, bars), width, glyphs) for row in rows),
        line(Span(f"{glyphs.mark} ", Tone.ACCENT), quiet(f"critical path: {critical}")),
    ]


def _row_line(row: Row, began: float, total: float, columns: tuple[int, int], width: int, glyphs: Glyphs) -> Line:
    labels, bars = columns
    story = row.story
    opened_at = story.opened_at or story.opening_at
    tone = Tone.ACCENT if row.is_critical else Tone.PLAIN
    label = shorten(row.branch + story.label, labels, glyphs.more)
    stem = min(len(row.branch), len(label))
    spans = [
        Span(f"{glyphs.mark} " if row.is_critical else "  ", Tone.ACCENT),
        quiet(label[:stem]),
        Span(label[stem:].ljust(labels - stem), tone),
        Span(f"  {duration(opened_at - story.opening_at)}  "),
    ]
    if bars >= 8:
        drawn = bar((story.opening_at - began) / total, (opened_at - began) / total, bars, glyphs)
        spans.append(Span(drawn, tone))
    return (*spans, quiet(_also(row.others, width - labels - bars - 13)))


def _also(others: tuple[str, ...], width: int) -> str:
    """Return the names of *others* that fit in *width* columns, and the number of those that do not."""
    for n_named in range(len(others), -1, -1):
        n_left = len(others) - n_named
        text = "  + " + ", ".join((*others[:n_named], *([f"{n_left} more"] if n_left else [])))
        if len(text) <= width:
            return text if others else ""
    return ""
