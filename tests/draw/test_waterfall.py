"""The waterfall of a start or close: rows, bars, who waited for whom, as SVG, page and terminal bars."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tenure.draw.charting import chart_of, seconds
from tenure.draw.waterfall import waterfall_of
from tenure.draw.waterfall_page import waterfall_page_of
from tenure.draw.waterfall_text import ASCII, bars_of
from tenure.observe.timeline import Span, Timeline
from tests.draw.seeing import SVG, read

SPANS = (
    Span(1, "Settings", "root", 0.0, 0.01, (), 0.0, "done"),
    Span(2, "Cache", "root", 0.01, 0.02, (1,), 0.0, "done", n_retries=2),
    Span(3, "Database", "root", 0.01, 0.06, (1,), 0.0, "done"),
    Span(4, "Api <x>", "root", 0.08, 0.02, (2, 3), 0.01, "failed", "ConnectionError: password hunter2"),
)
START = Timeline("start", "root", 1, 0.1, SPANS, (1, 3, 4), "ConnectionError: password hunter2", 3)


def test_a_chart():
    """Rows in order, each with what it waited for longest, what it took and how it ended."""
    chart = chart_of(START)

    assert chart.title == "start of root: 100 ms, ended by ConnectionError"
    assert chart.note == "4 opened, 3 events left out; critical path 90 ms: Settings → Database → Api <x>"
    assert [row.after for row in chart.rows] == [None, 0, 0, 2]
    assert [row.is_critical for row in chart.rows] == [True, False, True, True]
    assert [row.said for row in chart.rows] == ["10 ms", "20 ms 2 retries", "60 ms", "20 ms failed: ConnectionError"]
    assert chart.ticks == pytest.approx([0, 0.02, 0.04, 0.06, 0.08, 0.1])
    assert chart.rows[3].details.splitlines() == [
        "Api <x>: 20 ms failed: ConnectionError", "in root, 80 ms after the beginning", "waited for Cache, Database",
        "waited 10 ms for its turn", "on the critical path",
    ]  # fmt: skip


@pytest.mark.parametrize("off_s", [-1e-10, 0.0, 1e-10])
def test_the_axis_does_not_depend_on_rounding(off_s):
    """A clock that counts from long ago makes 14 ms a little more or less."""
    chart = chart_of(Timeline("start", "root", 1, 0.014 + off_s, (), ()))

    assert chart.ticks == pytest.approx([number * 0.002 for number in range(8)])
    assert len(chart_of(Timeline("start", "root", 1, 0.016 + off_s, (), ())).ticks) == 9


def test_what_had_begun_before_begins_left_of_nought():
    """The axis is moved, so that nothing is cut off."""
    early = Timeline("start", "root", 1, 0.1, (Span(1, "A", "root", -0.1, 0.15, (), 0.0, "done"),), (1,))
    chart = chart_of(early)

    assert (chart.begin_s, chart.elapsed_s) == pytest.approx((0.1, 0.2))
    assert chart.rows[0].began_s == 0
    assert chart.ticks[0] == pytest.approx(0.1)


def bars(svg):
    """Return left and right end of each bar, by label."""
    rows = [g for g in read(svg).iter(f"{SVG}g") if g.get("data-label")]
    found = {row.get("data-label"): row.find(f"{SVG}rect") for row in rows}
    return {name: (float(bar.get("x")), float(bar.get("x")) + float(bar.get("width"))) for name, bar in found.items()}


def test_bars_are_as_long_as_things_took():
    """To scale, and one that waited begins behind what it waited for."""
    found = bars(waterfall_of(START))
    scale = found["Database"][1] - found["Database"][0]

    assert found["Cache"][1] - found["Cache"][0] == pytest.approx(scale / 3, abs=0.02)
    assert found["Cache"][0] == pytest.approx(found["Settings"][1], abs=0.02)


def test_the_critical_path_is_marked():
    """By a class, a bold name and a line of its own from bar to bar; one that failed says so."""
    root = read(waterfall_of(START))
    classes = {g.get("data-label"): g.get("class") for g in root.iter(f"{SVG}g") if g.get("data-label")}

    assert classes == {
        "Settings": "row critical", "Cache": "row", "Database": "row critical", "Api <x>": "row critical failed",
    }  # fmt: skip
    assert [p.get("class") for p in root.iter(f"{SVG}path") if "after" in p.get("class")] == [
        "after", "after critical", "after critical",
    ]  # fmt: skip
    assert "font-weight: 700" in waterfall_of(START)


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(st.text(min_size=1, max_size=90), st.floats(-1, 100), st.floats(0, 50), st.booleans()), max_size=12
    )
)
@pytest.mark.slow
def test_everything_is_inside(found):
    """Bars and texts of any timeline are on the page, and the page is well-formed."""
    spans = tuple(
        Span(at, label, "root", began, took, (at - 1,) if at else (), 0.0, "done" if done else "failed")
        for at, (label, began, took, done) in enumerate(found)
    )
    timeline = Timeline("start", "root", 1, 10.0, spans, tuple(range(0, len(spans), 2)))
    root = read(waterfall_of(timeline))
    width = float(root.get("width"))

    for left, right in bars(waterfall_of(timeline)).values():
        assert 0 <= left < right <= width
    for line in bars_of(timeline, columns=60).splitlines():
        assert len(line) <= 60 or "\n" in "".join(label for label, *_ in found)


def test_several_stand_one_below_the_other():
    """A start and its close, in one document."""
    close = Timeline("close", "root", 1, 0.05, SPANS[:2], (1, 2))
    root = read(waterfall_of(START, close))
    tops = [each.get("y") for each in root.findall(f"{SVG}svg")]

    assert tops == ["0", read(waterfall_of(START)).get("height")]


def test_a_page_has_tables():
    """The same for whoever sees no drawing; nothing is fetched, and names are text."""
    page = waterfall_page_of([START], title="app <1>")

    assert page.count("<tr>") == 5
    assert "<h1>app &lt;1&gt;</h1>" in page
    assert "Api &lt;x&gt;" in page
    assert "<script" not in page
    assert re.findall(r"https?:[^\"'\s]*", page) == ["http://www.w3.org/2000/svg"]


def test_texts_of_errors_are_not_shown():
    """They may say anything: the class is enough to find it."""
    assert "hunter2" not in waterfall_of(START) + waterfall_page_of([START]) + bars_of(START)


def test_bars():
    """As wide as the terminal, marked without colour."""
    assert (
        bars_of(START, columns=72)
        == """\
start of root: 100 ms, ended by ConnectionError
4 opened, 3 events left out; critical path 90 ms: Settings → Database →
Api <x>
▶ Settings ███                                  10 ms
  Cache       ▒▒▒▒▒▒▒                           20 ms 2 retries
▶ Database    ██████████████████████            60 ms
▶ Api <x>                              ▚▚▚▚▚▚▚▚ 20 ms failed~ectionError
           0 s                           100 ms
▶ █ critical path  ▒ other  ▚ did not end well
"""
    )


def test_bars_of_ascii():
    """For terminals that show nothing else."""
    text = bars_of(START, columns=72, blocks=ASCII)

    assert text.isascii()
    assert "> Settings ###" in text


def test_a_narrow_terminal_is_refused():
    """Below 40 columns nothing could be told."""
    with pytest.raises(ValueError, match="columns is 39, and bars with names need at least 40"):
        bars_of(START, columns=39)


def test_nothing_opened_is_drawn():
    """A start of nothing."""
    empty = Timeline("start", "root", 1, 0.0, (), ())

    assert bars_of(empty) == "start of root: 0 s\n0 opened\n"
    assert read(waterfall_of(empty)).get("class") == "tenure-waterfall"


def test_timelines_draw_themselves():
    """The methods are the functions."""
    assert START.svg() == START._repr_svg_() == waterfall_of(START)
    assert START.bars(columns=72) == bars_of(START, columns=72)
    assert START.html() == waterfall_page_of([START], title="start of root")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0 s"),
        (1.5, "1.5 s"),
        (0.0999999, "100 ms"),
        (1e-4, "100 µs"),
        (2.5e-9, "2.5 ns"),
        (-0.02, "-20 ms"),
        (1234.4, "1234 s"),
    ],
)
def test_seconds(value, text):
    """Three digits in the unit that fits."""
    assert seconds(value) == text
