"""The programs of the pages on monitoring and leaks print what stands below them; see tests/clients for others."""

import os
import re
import subprocess
import sys
from importlib.metadata import entry_points
from pathlib import Path

import pytest

import tenure
from tests.complaints import complaints

DOCS = Path(__file__).parents[2] / "docs"
NAMES = ("monitoring", "leaks")
PAGES = {name: (DOCS / f"{name}.md").read_text(encoding="utf-8") for name in NAMES}
EXAMPLE = re.compile(
    r"^```python\n(?P<program>(?:(?!```).*\n)+)```\n```text\n(?P<output>(?:(?!```).*\n)+)```$", re.MULTILINE
)
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
TEST = "# pytest\n"
"""How a program begins that is a test module."""


def examples(is_test):
    """Give each program of the pages with what it prints, named by page and number."""
    for name, page in PAGES.items():
        for number, match in enumerate(EXAMPLE.finditer(page), start=1):
            if match["program"].startswith(TEST) is is_test:
                yield pytest.param(match["program"], match["output"], id=f"{name} {number}")


@pytest.mark.slow
@pytest.mark.parametrize(("program", "output"), [*examples(is_test=False)])
def test_a_program_of_a_page(program, output, tmp_path):
    """It runs as `app.py`, and without a warning."""
    (tmp_path / "app.py").write_text(program, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-X", "dev", "-W", "error", "app.py"],
        capture_output=True, text=True, timeout=60, check=False, cwd=tmp_path, env=environment(),
    )  # fmt: skip

    shown = done.stdout.replace(f"{tmp_path.resolve()}/", "")
    assert (shown, complaints(done.stderr), done.returncode) == (output, "", 0)


@pytest.mark.slow
@pytest.mark.parametrize(("program", "output"), [*examples(is_test=True)])
def test_a_test_of_a_page(program, output, tmp_path):
    """Run with the plugin, it fails as the page says, where `*` stands for anything."""
    (tmp_path / "test_shop.py").write_text(program, encoding="utf-8")
    is_installed = any(each.name == "tenure" for each in entry_points(group="pytest11"))
    plugin = [] if is_installed else ["-p", "tenure.testing.pytest_plugin"]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *plugin, "--tenure-leaks=fail", "-p", "no:asyncio", "-W", "ignore"],
        capture_output=True, text=True, timeout=60, check=False, cwd=tmp_path, env=environment(),
    )  # fmt: skip

    pattern = re.escape(output).replace(r"\*", ".*")
    assert re.search(pattern, done.stdout), done.stdout
    assert done.returncode == 1


def environment():
    """Return an environment in which the sources that are tested are found."""
    return os.environ | {"PYTHONPATH": str(Path(tenure.__file__).parents[1])}


@pytest.mark.parametrize("name", PAGES)
def test_every_program_is_run(name):
    """Each block of Python is followed by what it prints."""
    assert len(re.findall(r"^```python$", PAGES[name], re.MULTILINE)) == len(EXAMPLE.findall(PAGES[name])) > 0


def anchors(page):
    """Return the anchors of the headings of *page*, as GitHub makes them."""
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in HEADING.findall(page)}


@pytest.mark.parametrize("name", PAGES)
def test_links_lead_somewhere(name):
    """A link names a page that is there, and one of its headings."""
    here = (DOCS / f"{name}.md").parent
    for link in re.findall(r"\]\((?!https:)([^)]+)\)", PAGES[name]):
        path, _, anchor = link.partition("#")
        page = (here / path).read_text(encoding="utf-8") if path else PAGES[name]
        assert not anchor or anchor in anchors(page), link
