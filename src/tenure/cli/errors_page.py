"""
The sections of docs/errors.md by the error classes that they tell of, and as a terminal shows them.

There is one page: the wheel carries it beside this file, a checkout has it in `docs/`.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from tenure.cli.text import EMPTY, Line, Span, Tone, line, strong

PLACES = (Path(__file__).with_name("errors.md"), Path(__file__).parents[3] / "docs" / "errors.md")
"""Where the page is looked for."""

ROOTS = ("TenureError", "ResourceError")
"""To explain one is to tell which errors there are, before its own section where it has one."""

_HEADING = re.compile(r"^## (.+)$", re.MULTILINE)
_LINK = re.compile(r"\[([^]\n]+)\]\(([^)#\s]*)(?:#[^)\s]*)?\)")
_STRONG = re.compile(r"\*\*(.+?)\*\*")


def sections() -> dict[str, str]:
    """
    Return the sections of the page by error class, in their order; of a root: what stands before the first as well.

    An installation that came without the page has none.
    """
    page = next((each.read_text(encoding="utf-8") for each in PLACES if each.is_file()), "")
    first, *parts = _HEADING.split(page)
    found = {
        name: f"{title}\n\n{text.strip()}"
        for title, text in zip(parts[::2], parts[1::2], strict=True)
        for name in re.split(r", | and ", title)
        if name.endswith("Error")
    }
    if not found:
        return {}
    every = first.removeprefix("# ").strip()
    return found | {root: f"{every}\n\n{found[root]}" if root in found else every for root in ROOTS}


def error_named(word: str) -> str:
    """Return *word*, which may name an error class, without the module that tracebacks show before it."""
    return re.sub(r"^tenure(?:\.\w+)*[.:](?=\w+Error$)", "", word)


def lines_of(section: str) -> Iterator[Line]:
    """Yield the lines of a *section*: its title, text without marks of links, code set in by four columns."""
    title, *others = section.splitlines()
    yield line(strong(title))
    is_code = False
    for each in others:
        if each.startswith("```"):
            is_code = not is_code
        elif is_code:
            yield line(Span(f"    {each}", Tone.ACCENT)) if each else EMPTY
        else:
            yield _line_of(_LINK.sub(_link_shown, each))


def _line_of(text: str) -> Line:
    pieces = _STRONG.split(text)  # every other one stood between the marks
    return tuple(Span(piece, Tone.STRONG if at % 2 else Tone.PLAIN) for at, piece in enumerate(pieces) if piece)


def _link_shown(link: re.Match[str]) -> str:
    if not link[2]:
        return link[1]
    return f"{link[1]} ({link[2] if link[2].startswith('https:') else f'docs/{link[2]}'})"
