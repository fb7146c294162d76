"""The programs of the pages print what stands below them; links lead somewhere; pages that are made are as made."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.complaints import complaints
from tools import comparison

DOCS = Path(__file__).parents[2] / "docs"
NAMES = ("concepts", "dashboard", "laws", "limits", "pool", "resetting", "start", "tasks")
PAGES = {name: (DOCS / f"{name}.md").read_text(encoding="utf-8") for name in NAMES}
EXAMPLE = re.compile(
    r"^```python\n(?P<program>(?:(?!```).*\n)+)```\n```text\n(?P<output>(?:(?!```).*\n)+)```$", re.MULTILINE
)
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)


def examples():
    """Give each program of the pages with what it prints, named by page and heading."""
    for name, page in PAGES.items():
        numbers = {}
        for match in EXAMPLE.finditer(page):
            heading = HEADING.findall(page, 0, match.start())[-1].partition(":")[0]
            numbers[heading] = number = numbers.get(heading, 0) + 1
            yield pytest.param(match["program"], match["output"], id=f"{name}: {heading} {number}")


@pytest.mark.slow
@pytest.mark.parametrize(("program", "output"), [*examples()])
def test_a_program_of_the_page(program, output, tmp_path):
    """It runs as `app.py`, and without a warning."""
    (tmp_path / "app.py").write_text(program, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-X", "dev", "-W", "error", "app.py"],
        capture_output=True, text=True, timeout=60, check=False, cwd=tmp_path,
    )  # fmt: skip

    shown = done.stdout.replace(f"{tmp_path.resolve()}/", "")
    assert (shown, complaints(done.stderr), done.returncode) == (output, "", 0)


@pytest.mark.parametrize("name", PAGES)
def test_every_program_is_run(name):
    """Each block of Python is followed by what it prints, or says that it is a test."""
    n_tests = len(re.findall(r"^```python\n# pytest$", PAGES[name], re.MULTILINE))

    assert len(re.findall(r"^```python$", PAGES[name], re.MULTILINE)) == len(EXAMPLE.findall(PAGES[name])) + n_tests


def anchors(page):
    """Return the anchors of the headings of *page*, as GitHub makes them."""
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in HEADING.findall(page)}


@pytest.mark.parametrize("name", PAGES)
def test_links_lead_somewhere(name):
    """A link names a page that is there, and one of its headings."""
    for link in re.findall(r"\]\((?!https:)([^)]+)\)", PAGES[name]):
        path, _, anchor = link.partition("#")
        assert not path or (DOCS / path).is_file(), link
        page = PAGES[name] if not path else (DOCS / path).read_text(encoding="utf-8") if anchor else ""
        assert not anchor or anchor in anchors(page), link


TASKS = (
    "close in order on SIGTERM",
    "override something in a test",
    "time limit on opening",
    "try again",
    "optional resource",
    "per tenant",
    "in the background",
    "Kubernetes",
    "health endpoint",
    "find a leak",
    "cold start",
    "between processes",
    "step by step",
)


@pytest.mark.parametrize("task", TASKS)
def test_a_task_leads_to_a_program(task):
    """The row of the task links a page that shows how, with a program."""
    row = next(line for line in PAGES["tasks"].splitlines() if line.startswith("| ") and task in line)
    path, _, anchor = re.findall(r"\]\(([^)]+)\)", row)[0].partition("#")
    page = (DOCS / path).read_text(encoding="utf-8")
    parts = re.split(r"^(?=## )", page, flags=re.MULTILINE)
    section = next(each for each in parts if anchor in anchors(each)) if anchor else page

    assert "```python" in section


def test_recipes_stand_under_their_task():
    """The recipes that are no kind of resource stand under their task; the first page leads to the tasks."""
    index = (DOCS / "index.md").read_text(encoding="utf-8")

    assert "](tasks.md)" in index
    for name in ("cold-start", "kubernetes", "shared-over-processes", "step-by-step"):
        assert f"](cookbook/{name}.md)" in PAGES["tasks"]


@pytest.mark.parametrize("name", comparison.PAGES)
def test_the_comparison_is_as_made(name):
    """It says what the tables of the laws and of the benchmarks say now: else `python3 dev.py docs --write`."""
    page = (DOCS.parent / name).read_text(encoding="utf-8")

    assert page == comparison.written(name, DOCS.parent)


def test_one_broken_check_breaks_a_law():
    """What is not offered in one world and kept in another is kept."""
    checks = [("L1", "kept"), ("L1", "broken"), ("L2", "kept"), ("L2", "not offered"), ("L3", "not offered")]

    found = comparison.counted([{"law": law, "outcome": outcome} for law, outcome in checks])

    assert found == {"broken": 1, "kept": 1, "not offered": 1}


def test_every_integration_is_in_the_reference():
    """Each module of integrations that says what it offers stands there by its name."""
    page = (DOCS / "reference" / "integrations.md").read_text(encoding="utf-8")
    modules = (DOCS.parent / "src" / "tenure" / "ext").glob("*.py")
    offered = {each.stem for each in modules if "\n__all__ = " in each.read_text(encoding="utf-8")}

    assert {name for name in offered if not name.endswith("_providers") and f"tenure.ext.{name}\n" not in page} == set()
