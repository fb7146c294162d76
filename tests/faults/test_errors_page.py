"""Every sample of docs/errors.md runs and prints what the page says; every error class has its section."""

import contextlib
import inspect
import io
import re
from pathlib import Path

import pytest

from tenure import errors
from tenure.errors import TenureError

PAGE = Path(__file__).parents[2] / "docs" / "errors.md"
BLOCK = re.compile(r"^```python\n(.*?)^```$\n+^```text\n(.*?)^```$", re.MULTILINE | re.DOTALL)
ADDRESS = re.compile(r"0x[0-9a-f…]+")


def sections():
    """Return the text of each section by its title."""
    parts = re.split(r"^## (.+)$", PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def printed_by(program):
    """Run *program* as `app.py` and return what it prints, addresses of objects left out."""
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(program, "app.py", "exec"), {"__name__": "__main__"})
    return ADDRESS.sub("0x…", printed.getvalue())


@pytest.mark.parametrize("title", sections())
def test_sample(title):
    """The sample of a section prints what stands below it."""
    blocks = BLOCK.findall(sections()[title])

    assert blocks
    assert [printed_by(program) for program, _ in blocks] == [told for _, told in blocks]


def test_every_error_class_has_a_section():
    """No public error class is missing from the page."""
    titles = " ".join(sections())
    classes = [name for name in errors.__all__ if inspect.isclass(getattr(errors, name))]
    raised = [name for name in classes if issubclass(getattr(errors, name), TenureError)]

    assert [name for name in raised if name not in titles] == ["ResourceError", "TenureError"]


def test_every_section_names_the_builtin_base():
    """The bases in brackets are the bases."""
    for title, text in sections().items():
        told = re.match(r"\n\n\[(.+?)\] ", text)
        if told is None:
            continue
        bases = {base.__name__ for name in title.split(" and ") for base in getattr(errors, name).__mro__}
        assert {name.strip("`") for name in told[1].split(", ")} <= bases


def test_every_attribute_exists():
    """Attributes that the page names are set by the constructor."""
    for title, text in sections().items():
        told = re.search(r"^Attributes: (.+?)\.$", text, re.MULTILINE | re.DOTALL)
        if told is None or title == "CloseError":
            continue
        source = inspect.getsource(getattr(errors, title).__init__)
        names = re.findall(r"`([a-z_]+)`", re.sub(r"\(.*?\)|, each with.*", "", told[1], flags=re.DOTALL))
        assert names
        assert all(f"self.{name}" in source for name in names), title
