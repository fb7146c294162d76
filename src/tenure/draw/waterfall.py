"""
The waterfall of one start or close as SVG: who opened (closed) when, for how long, waiting for whom.

Bars on the critical path are filled and their names bold; others are hollow; one that did not end well is dashed and
says so. A line leads to each bar from the end of what it waited for longest; a dotted one stands for the wait for its
turn. Nothing is fetched, and there is no script.
"""

from collections.abc import Iterable

from tenure.draw.charting import Chart, Row, Timeline, chart_of, seconds
from tenure.draw.markup import element, escaped, number, text
from tenure.draw.palette import INK, LINE, PAPER, QUIET, STRONG, WRONG, Rules, sheet
from tenure.draw.words import FONT, SMALL_PX, shortened, width_of

PLOT = 600.0
"""How wide the time from the beginning to the end is."""
ROW = 24.0
BAR = 13.0
_MARGIN = 16.0
_TOP = 76.0
_NAMES = 230.0
"""How wide names are at most."""
_NAME_PX = 12.0

LOOKS: Rules = {
    "": {"font-size": "12px"},
    ".paper": {"fill": PAPER},
    "text": {"fill": INK},
    ".title": {"font-size": "15px", "font-weight": "600"},
    ".note, .tick-name, .said": {"font-size": "11px", "fill": QUIET},
    ".stripe": {"fill": ("#f3f6f9", "#18212b")},
    ".tick": {"stroke": ("#d5dce4", "#2b3846"), "stroke-width": "1"},
    ".begin": {"stroke": LINE, "stroke-width": "1.5"},
    ".bar": {"fill": ("#dbe4ee", "#2a3a4a"), "stroke": ("#5a6b7c", "#93a6b8"), "stroke-width": "1.25"},
    ".critical .bar": {"fill": STRONG, "stroke": STRONG},
    ".critical .name": {"font-weight": "700"},
    ".failed .bar": {"fill": PAPER, "stroke": WRONG, "stroke-width": "2", "stroke-dasharray": "4 3"},
    ".said": {"stroke": PAPER, "stroke-width": "3px", "stroke-linejoin": "round", "paint-order": "stroke"},
    ".failed .said": {"fill": WRONG},
    ".after": {"fill": "none", "stroke": LINE, "stroke-width": "1.25"},
    ".critical.after": {"stroke": STRONG, "stroke-width": "2"},
    ".idle": {"stroke": QUIET, "stroke-width": "1.5", "stroke-dasharray": "1.5 3"},
    ".row:hover .bar": {"stroke": INK, "stroke-width": "2.5"},
}


def waterfall_of(*timelines: Timeline) -> str:
    """
    Return *timelines* as an SVG document without an XML declaration.

    Args:
        timelines: those of `TimelineRecorder`; several stand one below the other.
    """
    drawings = [_Drawing(chart_of(timeline)) for timeline in timelines]
    if len(drawings) == 1:
        return drawings[0].svg()
    width, height = max((each.width for each in drawings), default=0.0), sum(each.height for each in drawings)
    tops = [sum(each.height for each in drawings[:at]) for at in range(len(drawings))]
    return element(
        "svg", "\n" + "\n".join(each.svg(y=top, least=width) for each, top in zip(drawings, tops, strict=True)) + "\n",
        xmlns="http://www.w3.org/2000/svg", width=number(width), height=number(height),
        viewBox=f"0 0 {number(width)} {number(height)}", role="group",
    )  # fmt: skip


class _Drawing:
    def __init__(self, chart: Chart) -> None:
        self._chart = chart
        names = max((width_of(row.label, _NAME_PX) * 1.1 for row in chart.rows), default=0.0)
        self._left = _MARGIN + min(names, _NAMES) + 14
        self.height = _TOP + ROW * len(chart.rows) + 40
        room = max((self._x(row.ended_s) + 8 + width_of(row.said, SMALL_PX) for row in chart.rows), default=0.0)
        heading = _MARGIN + width_of(chart.title, 15) * 1.1
        self.width = float(round(max(self._left + PLOT + 40, room + _MARGIN + 8, heading + _MARGIN)))

    def _x(self, at_s: float) -> float:
        return self._left + PLOT * at_s / self._chart.elapsed_s

    def svg(self, *, y: float | None = None, least: float = 0.0) -> str:
        """Return it; inside of another drawing *y* says how far down, and *least* how wide it is at least."""
        chart = self._chart
        self.width = max(self.width, least)
        note = shortened(chart.note, SMALL_PX, self.width - 2 * _MARGIN)
        body = [
            element("style", sheet(LOOKS, "svg.tenure-waterfall")),
            element("rect", "", class_="paper", width="100%", height="100%"),
            text(chart.title, _MARGIN, 27, "title"),
            element("g", element("title", escaped(chart.note)) + text(note, _MARGIN, 46, "note")),
            *self._axis(),
            *(self._after(at, row) for at, row in enumerate(chart.rows)),
            *(self._row(at, row) for at, row in enumerate(chart.rows)),
            *self._legend(),
        ]
        width, height = number(self.width), number(self.height)
        return element(
            "svg", "\n" + "\n".join(filter(None, body)) + "\n", xmlns="http://www.w3.org/2000/svg",
            class_="tenure-waterfall", width=width, height=height, viewBox=f"0 0 {width} {height}", role="img",
            y=None if y is None else number(y), aria_label=f"{chart.title}, {chart.note}", font_family=FONT,
        )  # fmt: skip

    def _axis(self) -> Iterable[str]:
        chart = self._chart
        bottom = _TOP + ROW * len(chart.rows)
        for at in range(0, len(chart.rows), 2):
            y = number(_TOP + at * ROW)
            yield element(
                "rect", "", class_="stripe", x=number(_MARGIN), y=y, width=number(self.width - 2 * _MARGIN), height=ROW
            )
        for tick in chart.ticks:
            x = number(self._x(tick))
            is_begin = tick == chart.begin_s
            yield element(
                "path", "", class_="begin" if is_begin else "tick", d=f"M{x} {number(_TOP - 4)}V{number(bottom)}"
            )
            yield text(seconds(tick - chart.begin_s), self._x(tick), _TOP - 10, "tick-name", text_anchor="middle")

    def _after(self, at: int, row: Row) -> str:
        if row.after is None:
            return ""
        before = self._chart.rows[row.after]
        x0, y0 = self._x(before.ended_s), _TOP + (row.after + 0.5) * ROW
        x1, y1 = self._x(row.began_s), _TOP + (at + 0.5) * ROW
        classes = "after critical" if row.is_critical and before.is_critical else "after"
        return element("path", "", class_=classes, d=f"M{number(x0)} {number(y0)}V{number(y1)}H{number(max(x1, x0))}")

    def _row(self, at: int, row: Row) -> str:
        y = _TOP + (at + 0.5) * ROW
        x0, x1 = self._x(row.began_s), max(self._x(row.ended_s), self._x(row.began_s) + 1.5)
        idle = f"M{number(self._x(max(row.began_s - row.idle_s, 0.0)))} {number(y)}H{number(x0)}"
        name = shortened(row.label, _NAME_PX * 1.1, _NAMES)
        is_idle = row.is_done and row.idle_s > self._chart.elapsed_s / 200  # why what failed began when is not known
        parts = [
            element("title", escaped(row.details)),
            text(name, _MARGIN + 6, y + 4, "name"),
            element("path", "", class_="idle", d=idle) if is_idle else "",
            element(
                "rect", "", class_="bar", x=number(x0), y=number(y - BAR / 2), width=number(x1 - x0), height=BAR, rx="2"
            ),
            text(row.said, x1 + 7, y + 4, "said"),
        ]
        marks = {"row": True, "critical": row.is_critical, "failed": not row.is_done}
        classes = " ".join(name for name, is_so in marks.items() if is_so)
        return element("g", "".join(parts), class_=classes, data_label=row.label)

    def _legend(self) -> Iterable[str]:
        rows = self._chart.rows
        said = {
            "row critical": ("critical path", any(row.is_critical and row.is_done for row in rows)),
            "row": ("not on it", any(not row.is_critical and row.is_done for row in rows)),
            "row failed": ("did not end well", any(not row.is_done for row in rows)),
        }
        x, y = _MARGIN, self.height - 16
        for class_, (word, is_there) in said.items():
            if is_there:
                bar = element("rect", "", class_="bar", x=number(x), y=number(y - 10), width="30", height="11", rx="2")
                yield element("g", bar + text(word, x + 38, y, "note"), class_=class_)
                x += 38 + width_of(word, SMALL_PX) + 22
