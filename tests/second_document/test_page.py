"""Every snippet of docs/resource-provider.md runs, and prints what the page says it prints."""

import contextlib
import io
import itertools
from pathlib import Path

import pytest
from second_support import logging_untouched, module

from tests.document.test_page import sections

PAGE = Path(__file__).parents[2] / "docs" / "resource-provider.md"
SECTIONS = {title: blocks for title, blocks in sections(PAGE.read_text()).items() if blocks}


@pytest.mark.parametrize("title", SECTIONS)
def test_section(title, tmp_path, monkeypatch):
    """The blocks of a section run in order, in one module; a `text` block is what the block before it prints."""
    monkeypatch.chdir(tmp_path)
    with module("__main__") as program, logging_untouched():
        for block, following in itertools.zip_longest(SECTIONS[title], SECTIONS[title][1:]):
            if block.language != "python":
                continue
            printed = io.StringIO()
            code = compile("\n" * (block.line - 1) + block.text, PAGE, "exec")  # tracebacks point into the page
            with contextlib.redirect_stdout(printed):
                exec(code, vars(program))
            told = following.text if following is not None and following.language == "text" else ""
            assert printed.getvalue() == told, f"{PAGE.name}:{block.line}"


def test_every_block_is_run_or_compared():
    """A block in another language would be neither; a `text` block stands after the `python` block that prints it."""
    for blocks in SECTIONS.values():
        languages = [block.language for block in blocks]
        assert set(languages) <= {"python", "text"}
        assert all(pair != ("text", "text") for pair in itertools.pairwise(["text", *languages]))
