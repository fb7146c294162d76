"""The close in order, as lines. Pure: stories in, lines out."""

from tenure.cli.demo.recorder import Story
from tenure.cli.text import Glyphs, Line, Span, Tone, bar, duration, line, quiet, shorten, strong


def close_lines(stories: list[Story], width: int, glyphs: Glyphs) -> list[Line]:
    """Return the report on the close of *stories*, in the order in which they began to close."""
    closing = sorted((story for story in stories if story.closing_at is not None), key=_began)
    if not closing:
        return [line(strong("Closed nothing"), quiet(": nothing was open"))]
    began = _began(closing[0])
    total = max(max(story.closed_at or 0.0 for story in closing) - began, 1e-9)
    labels = min(max(len(story.label) for story in closing), max(width - 17, 10))
    bars = min(max(width - labels - 18, 0), 28)
    heading = line(
        strong(f"Closed {len(closing)} resources in {duration(total).strip()}"),
        quiet(", each before what it was made from"),
    )
    rows = [_row_line(n, story, began, total, (labels, bars), glyphs) for n, story in enumerate(closing, 1)]
    return [heading, *rows]


def _began(story: Story) -> float:
    return story.closing_at or 0.0


def _row_line(
    position: int, story: Story, began: float, total: float, columns: tuple[int, int], glyphs: Glyphs
) -> Line:
    labels, bars = columns
    label = shorten(story.label, labels, glyphs.more).ljust(labels)
    start = line(quiet(f"{position:4}  "), label)
    if story.closed_at is None:
        return (*start, Span("  not closed", Tone.BAD))
    if story.error is not None:
        return (*start, Span(f"  {type(story.error).__name__}: {story.error}", Tone.BAD))
    spans = (*start, Span(f"  {duration(story.closed_at - _began(story))}  "))
    if bars < 8:
        return spans
    return (*spans, Span(bar((_began(story) - began) / total, (story.closed_at - began) / total, bars, glyphs)))
