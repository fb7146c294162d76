"""The screen: live on a terminal, plain elsewhere, silent when nobody reads."""

import io
import os

import pytest

from tenure.cli.screen import open_screen
from tenure.cli.text import ASCII, UNICODE, Span, Tone, line


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    encoding = "utf-8"

    def isatty(self) -> bool:
        return True


class Pipe(io.StringIO):
    """A stream whose reader has gone."""

    def write(self, text: str) -> int:
        raise BrokenPipeError


@pytest.mark.parametrize(
    ("environment", "is_live"),
    [({}, True), ({"NO_COLOR": ""}, True), ({"NO_COLOR": "1"}, False), ({"TERM": "dumb"}, False)],
)
def test_a_terminal_is_live_unless_told_otherwise(environment: dict[str, str], is_live: bool) -> None:
    """NO_COLOR with a value and a dumb terminal make it plain."""
    assert is_live == open_screen(Terminal(), environment).is_live


def test_plain_lines_carry_no_escapes() -> None:
    """Elsewhere lines are text, regions are not shown, and statuses take their place."""
    stream = io.StringIO()
    screen = open_screen(stream, {})
    screen.begin()
    screen.region([line("region")])
    screen.say([line(Span("said  ", Tone.GOOD))])
    screen.status(line("status"))
    screen.end()

    assert stream.getvalue() == "said\nstatus\n"


def test_a_region_is_drawn_over(monkeypatch: pytest.MonkeyPatch) -> None:
    """A second region takes the place of the first, and what is said goes above it."""
    monkeypatch.setattr("shutil.get_terminal_size", lambda: os.terminal_size((80, 24)))
    stream = Terminal()
    screen = open_screen(stream, {})
    screen.region([line("one"), line("two")])
    screen.region([line("three")])
    screen.say([line("done")])

    assert stream.getvalue() == "one\ntwo\n\x1b[2F\x1b[Jthree\n\x1b[1F\x1b[Jdone\n"


def test_a_live_line_never_wraps(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a narrow terminal a line is cut; what is said whole is not."""
    monkeypatch.setattr("shutil.get_terminal_size", lambda: os.terminal_size((21, 24)))
    stream = Terminal()
    screen = open_screen(stream, {})
    screen.say([line("x" * 30)])
    screen.say([line("y" * 30)], whole=True)

    assert f"{'x' * 19}\x1b[2m…\x1b[0m\n{'y' * 30}\n" == stream.getvalue()


def test_a_region_is_no_higher_than_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """What would scroll away is left out."""
    monkeypatch.setattr("shutil.get_terminal_size", lambda: os.terminal_size((80, 5)))
    stream = Terminal()
    open_screen(stream, {}).region([line(str(n)) for n in range(9)])

    assert stream.getvalue() == "0\n1\n2\n"


def test_a_reader_that_has_gone_stops_nothing() -> None:
    """Writing to a broken pipe is noted, not raised."""
    screen = open_screen(Pipe(), {})
    screen.say([line("anyone?")])

    assert screen.is_broken


def test_streams_that_cannot_show_signs_get_ascii() -> None:
    """The signs are those that the stream's encoding has."""
    narrow = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    wide = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")

    assert (open_screen(narrow, {}).glyphs, open_screen(wide, {}).glyphs) == (ASCII, UNICODE)
