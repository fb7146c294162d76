"""The pictures of the terminal: as the commands draw now, the same each time, and complete in themselves."""

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tenure.cli.text import Span, Tone, line
from tests.pictures.table import PICTURES as ALL
from tests.pictures.terminal import PICTURES
from tests.pictures.terminal_svg import COLUMN, EDGE, terminal

DOCS = Path(__file__).parents[2] / "docs"


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_is_as_the_command_draws_it(name):
    """Letter by letter; `python3 dev.py pictures NAME` makes it anew."""
    assert (DOCS / "pictures" / name).read_text(encoding="utf-8") == PICTURES[name]()


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_needs_nothing_else(name):
    """It is XML, says what it shows, and names no address but that of the format."""
    svg = (DOCS / "pictures" / name).read_text(encoding="utf-8")
    root = ElementTree.fromstring(svg)

    assert root.get("role") == "img"
    assert root.get("aria-label")
    assert re.findall(r"https?://[^\"']+", svg) == ["http://www.w3.org/2000/svg"]
    assert not re.search(r"@import|@font-face|url\(|<image|href", svg)


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_is_shown(name):
    """It can be made by its name, and stands on the page of the commands."""
    assert name in ALL
    assert f"](pictures/{name})" in (DOCS / "command-line.md").read_text(encoding="utf-8")


def test_every_sign_stands_in_its_column():
    """Text begins where its column is, as long as its columns; blocks are rectangles; blanks are not drawn."""
    svg = terminal("x", [line("ab  c d ", Span("██", Tone.BAD), "  e")], "three & more")
    root = ElementTree.fromstring(svg)
    drawn = [
        (each.get("class"), (int(each.get("x")) - EDGE) // COLUMN, each.text)
        for each in root.iter()
        if each.tag.endswith(("}text", "}rect")) and each.get("class") != "paper"
    ]

    assert drawn == [
        ("quiet", 0, "$"), ("strong", 2, "x"),
        (None, 0, "ab"), (None, 4, "c d"), ("bad", 8, None), (None, 12, "e"),
    ]  # fmt: skip
    assert root.get("aria-label") == "three & more"
    assert [each.get("textLength") for each in root.iter() if each.text == "c d"] == [str(3 * COLUMN)]
