"""The waterfall of one start or close as bars for a terminal."""

import textwrap

from tenure.draw.charting import Chart, Row, Timeline, chart_of, seconds
from tenure.record import record


@record
class Blocks:
    """The characters that bars are made of."""

    critical: str
    other: str
    failed: str
    idle: str
    mark: str
    """Stands before names on the critical path."""


UNICODE = Blocks("█", "▒", "▚", "┄", "▶")
ASCII = Blocks("#", "=", "x", ".", ">")
LEAST_COLUMNS = 40


def bars_of(timeline: Timeline, *, columns: int = 80, blocks: Blocks = UNICODE) -> str:
    """
    Return *timeline*, one of `TimelineRecorder`, as lines of text, with a line end after each.

    Args:
        timeline: what is drawn.
        columns: how wide the terminal is, >= 40.
        blocks: what bars are made of; `ASCII` for terminals that show nothing else.

    Raises:
        ValueError: *columns* is less than 40.
    """
    if columns < LEAST_COLUMNS:
        raise ValueError(f"columns is {columns}, and bars with names need at least {LEAST_COLUMNS}")
    chart = chart_of(timeline)
    names = min(max((len(row.label) for row in chart.rows), default=0), columns // 3)
    said = min(max((len(row.said) for row in chart.rows), default=0), columns // 3)
    room = columns - names - said - 4
    lines = [_cut(chart.title, columns), *textwrap.wrap(chart.note, columns)]
    n_heads = len(lines)
    lines += [_line(row, chart, names, room, said, blocks) for row in chart.rows]
    axis = f"{'0 s':<{room // 2}}{seconds(chart.elapsed_s - chart.begin_s):>{room - room // 2}}"
    if chart.rows and not chart.begin_s:
        lines.append(f"{'':{names + 2}} {axis}")
    marks = [f"{blocks.mark} {blocks.critical} critical path"] * any(row.is_critical for row in chart.rows)
    marks += [f"{blocks.other} other"] * any(row.is_done and not row.is_critical for row in chart.rows)
    marks += [f"{blocks.failed} did not end well"] * any(not row.is_done for row in chart.rows)
    marks += [f"{blocks.idle} waited for its turn"] * any(blocks.idle in line for line in lines[n_heads:])
    text = "\n".join([*lines, *(["  ".join(marks)] if marks else []), ""])
    return text.replace("µ", "u").replace("→", "->") if blocks is ASCII else text


def _line(row: Row, chart: Chart, names: int, room: int, said: int, blocks: Blocks) -> str:
    begin, end = (min(int(room * at / chart.elapsed_s), room) for at in (row.began_s, row.ended_s))
    begin = min(begin, room - 1)
    end = max(end, begin + 1)
    # why what failed began when is not known
    idle = 0 if not row.is_done else min(int(room * row.idle_s / chart.elapsed_s), begin)
    block = blocks.failed if not row.is_done else blocks.critical if row.is_critical else blocks.other
    bar = f"{'':{begin - idle}}{blocks.idle * idle}{block * (end - begin)}{'':{room - end}}"
    mark = blocks.mark if row.is_critical else " "
    return f"{mark} {_cut(row.label, names):<{names}} {bar} {_cut(row.said, said)}".rstrip()


def _cut(said: str, most: int) -> str:
    """Return the beginning and the end of *said* where all of it is too long."""
    if len(said) <= most:
        return said
    head = most // 2
    return f"{said[:head]}~{said[len(said) - (most - head - 1) :]}"
