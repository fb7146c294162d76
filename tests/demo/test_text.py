"""Lines: numbers, bars and cuts."""

import pytest

from tenure.cli.text import ASCII, UNICODE, Span, bar, cut, duration, line, progress, sparkline, width_of


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [(0.0, "  0.0 ms"), (0.00994, "  9.9 ms"), (0.00996, "   10 ms"), (0.5, "  500 ms"), (1.5, " 1.50 s ")],
)
def test_duration_has_eight_columns(seconds: float, expected: str) -> None:
    """A duration is as precise as it is worth, and always 8 columns wide."""
    assert expected == duration(seconds)


def test_bar_lies_where_its_time_lies() -> None:
    """A bar from a half to three quarters fills the third quarter."""
    assert bar(0.5, 0.75, 8, ASCII) == "    ##  "


@pytest.mark.parametrize(("begin", "end"), [(0.0, 0.0), (1.0, 1.0), (0.5, 0.5), (0.0, 1.0), (0.9, 1.2)])
def test_bar_is_seen_and_never_too_wide(begin: float, end: float) -> None:
    """The shortest bar is one column, and none runs over its end."""
    drawn = bar(begin, end, 8, ASCII)

    assert (len(drawn), "#" in drawn) == (8, True)


@pytest.mark.parametrize("glyphs", [ASCII, UNICODE])
@pytest.mark.parametrize("part", [0.0, 0.01, 0.333, 0.999, 1.0])
def test_progress_keeps_its_width(part: float, glyphs: object) -> None:
    """Done and undone together fill the width, however much is done."""
    done, undone = progress(part, 20, glyphs)  # type: ignore[arg-type]  # parametrized

    assert len(done + undone) == 20


def test_sparkline_shows_the_last_values() -> None:
    """Only as many values as fit are shown, the last ones, the highest of them full."""
    assert sparkline([100.0, 0.0, 2.0, 4.0], 3, UNICODE) == "▁▅█"


def test_cut_keeps_tones_and_says_so() -> None:
    """A line that is too wide ends with a sign of it, within the width."""
    shown = cut(line("abc", Span("defgh")), 6, "…")

    assert (width_of(shown), "".join(span.text for span in shown)) == (6, "abcde…")


def test_cut_leaves_what_fits() -> None:
    """A line that fits is left as it is."""
    spans = line("abc", Span("def"))

    assert spans is cut(spans, 6, "…")
