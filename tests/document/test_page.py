"""Every snippet of docs/resource-management.md runs, and prints what the page says it prints."""

import contextlib
import io
import itertools
import re
from pathlib import Path
from typing import NamedTuple

import pytest

PAGE = Path(__file__).parents[2] / "docs" / "resource-management.md"
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


class Block(NamedTuple):
    line: int
    """Number of the first line inside the fence."""
    language: str
    text: str


def sections(page):
    """Return the blocks of each section of *page* by its title; a section is a program told in pieces."""
    starts = [(match.start(), match[1]) for match in re.finditer(r"^## (.+)$", page, re.MULTILINE)]
    ends = [start for start, _ in starts[1:]] + [len(page)]
    return {
        title: [
            Block(page[: match.start(2)].count("\n") + 1, match[1], match[2])
            for match in FENCE.finditer(page, start, end)
        ]
        for (start, title), end in zip(starts, ends, strict=True)
    }


SECTIONS = {title: blocks for title, blocks in sections(PAGE.read_text()).items() if blocks}


@pytest.mark.parametrize("title", SECTIONS)
def test_section(title, tmp_path, monkeypatch):
    """The blocks of a section run in order, in one module; a `text` block is what the block before it prints."""
    monkeypatch.chdir(tmp_path)
    namespace = {"__name__": "__main__"}
    for block, following in itertools.zip_longest(SECTIONS[title], SECTIONS[title][1:]):
        if block.language != "python":
            continue
        printed = io.StringIO()
        code = compile("\n" * (block.line - 1) + block.text, PAGE, "exec")  # tracebacks point into the page
        with contextlib.redirect_stdout(printed):
            exec(code, namespace)
        told = following.text if following is not None and following.language == "text" else ""
        assert printed.getvalue() == told, f"{PAGE.name}:{block.line}"


def test_every_block_is_run_or_compared():
    """A block in another language would be neither; a `text` block stands after the `python` block that prints it."""
    for blocks in SECTIONS.values():
        languages = [block.language for block in blocks]
        assert set(languages) <= {"python", "text"}
        assert all(pair != ("text", "text") for pair in itertools.pairwise(["text", *languages]))


def test_the_collector_reads_sections():
    """What the tests above rest on."""
    one = "## One\n\n```python\nprint(1)\n```\n\n```text\n1\n```\n\n"
    page = f"# Title\n\n{one}## Two\n\ntext\n\n## Three\n\n```python\nx\n```\n"

    assert sections(page) == {
        "One": [Block(6, "python", "print(1)\n"), Block(10, "text", "1\n")],
        "Two": [],
        "Three": [Block(20, "python", "x\n")],
    }
