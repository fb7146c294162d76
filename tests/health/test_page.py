"""The programs of docs/health.md and docs/cookbook/kubernetes.md print what the pages say; links lead somewhere."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.complaints import complaints

DOCS = Path(__file__).parents[2] / "docs"
PAGES = {name: (DOCS / name).read_text(encoding="utf-8") for name in ("health.md", "cookbook/kubernetes.md")}
EXAMPLE = re.compile(r"^```python\n((?:(?!```).*\n)+)```\n```text\n((?:(?!```).*\n)+)```$", re.MULTILINE)


def examples():
    for name, page in PAGES.items():
        for number, (program, output) in enumerate(EXAMPLE.findall(page)):
            yield pytest.param(program, output, id=f"{name} {number}")


@pytest.mark.slow
@pytest.mark.parametrize(("program", "output"), [*examples()])
def test_a_program_of_the_page(program, output, tmp_path):
    """It runs as it stands, without a warning."""
    (tmp_path / "app.py").write_text(program, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-X", "dev", "-W", "error", "-u", "app.py"],
        capture_output=True, text=True, timeout=60, check=False, cwd=tmp_path,
    )  # fmt: skip

    assert (done.stdout, complaints(done.stderr), done.returncode) == (output, "", 0)


@pytest.mark.parametrize("name", PAGES)
def test_every_program_is_run(name):
    """Each block of Python is followed by what it prints."""
    assert len(re.findall(r"^```python$", PAGES[name], re.MULTILINE)) == len(EXAMPLE.findall(PAGES[name])) > 0


@pytest.mark.parametrize("name", PAGES)
def test_links_lead_somewhere(name):
    """A link names a page that is there, and one of its headings."""
    for link in re.findall(r"\]\((?!https:)([^)]+)\)", PAGES[name]):
        path, _, anchor = link.partition("#")
        page = ((DOCS / name).parent / path).read_text(encoding="utf-8")
        headings = {
            re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-")
            for heading in re.findall(r"^#+ (.+)$", page, re.MULTILINE)
        }
        assert not anchor or anchor in headings, link
