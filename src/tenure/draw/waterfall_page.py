"""Waterfalls as a page of their own, each with a table of the same for whoever sees no drawing; without a script."""

from collections.abc import Iterable

from tenure.draw.charting import Chart, Row, Timeline, chart_of, seconds
from tenure.draw.markup import element, escaped
from tenure.draw.page import document
from tenure.draw.waterfall import waterfall_of

_STYLE = """
:root { color-scheme: light dark }
body { margin: 0; background: #fff; color: #16202c; font: 14px/1.5 ui-sans-serif, system-ui, "DejaVu Sans", sans-serif }
main { max-width: 1100px; margin: 0 auto; padding: 8px 12px 32px }
h1 { font-size: 18px; overflow-wrap: anywhere }
figure { margin: 12px 0; overflow-x: auto }
table { border-collapse: collapse; display: block; overflow-x: auto; margin: 8px 0 24px }
th, td { text-align: left; padding: 3px 12px 3px 0; border-bottom: 1px solid #c9d2dc; white-space: nowrap }
th { font-weight: 600 }
summary { cursor: pointer }
@media (prefers-color-scheme: dark) { body { background: #10161d; color: #e8edf3 } th, td { border-color: #35424f } }
"""
_HEADS = ("what", "began after", "took", "waited for", "critical path")


def waterfall_page_of(timelines: Iterable[Timeline], *, title: str = "waterfall") -> str:
    """
    Return *timelines* as an HTML document.

    Args:
        timelines: those of `TimelineRecorder`, in the order in which they are shown.
        title: of the page.
    """
    parts = [element("h1", escaped(title))]
    for timeline in timelines:
        parts += [element("figure", waterfall_of(timeline), tabindex="0"), _table(chart_of(timeline))]
    return document(title, _STYLE, element("main", "\n".join(parts)))


def _table(chart: Chart) -> str:
    head = "".join(element("th", word, scope="col") for word in _HEADS)
    rows = "".join(element("tr", _cells(row, chart)) for row in chart.rows)
    table = element("table", element("thead", element("tr", head)) + element("tbody", rows))
    return element("details", element("summary", escaped(f"{chart.title}, as a table")) + table)


def _cells(row: Row, chart: Chart) -> str:
    after = "" if row.after is None else chart.rows[row.after].label
    said = (seconds(row.began_s - chart.begin_s), row.said, after, "yes" if row.is_critical else "no")
    return element("th", escaped(row.label), scope="row") + "".join(element("td", escaped(each)) for each in said)
