"""docs/drawings.md shows what its programs and commands print, and the pictures that they make."""

import re

import pytest

from tests.draw.pages import COMMAND, FILE, PAGE, PICTURES, PROGRAM, answer, pictures, unpack

TEXT = PAGE.read_text(encoding="utf-8")
EXAMPLES = [*PROGRAM.finditer(TEXT), *COMMAND.finditer(TEXT)]


@pytest.mark.slow
@pytest.mark.parametrize("match", EXAMPLES, ids=range(len(EXAMPLES)))
def test_an_example_of_the_page(match, tmp_path):
    """It prints what stands below it; `python3 dev.py pictures drawings` writes that anew."""
    unpack(tmp_path)

    assert answer(tmp_path, match) == match["output"]


@pytest.mark.slow
def test_the_pictures_are_those_of_the_page(tmp_path):
    """Whole drawings, letter by letter; `python3 dev.py pictures drawings` makes them anew."""
    unpack(tmp_path)
    made = pictures(tmp_path)

    assert len(made) == 4
    for name, svg in made.items():
        assert (PICTURES / f"{name}.svg").read_text(encoding="utf-8") == svg.rstrip("\n") + "\n"


def test_every_block_is_looked_at():
    """Each block of Python is a file of the page or a program that is run, each of a terminal a command."""
    assert len(re.findall(r"^```python$", TEXT, re.MULTILINE)) == len(FILE.findall(TEXT)) + len(PROGRAM.findall(TEXT))
    assert len(re.findall(r"^```console$", TEXT, re.MULTILINE)) == len(COMMAND.findall(TEXT))


def test_links_lead_somewhere():
    """To files, to pictures and to headings."""
    headings = re.findall(r"^#+ (.+)$", TEXT, re.MULTILINE)
    anchors = {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}
    for link in re.findall(r"\]\((?!https:)([^)]+)\)", TEXT):
        path, _, anchor = link.partition("#")
        assert (PAGE.parent / path).exists(), link
        assert path or anchor in anchors, link
