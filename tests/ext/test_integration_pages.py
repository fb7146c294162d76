"""The programs of the pages on integrations do what their own tests say; links lead somewhere."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

DOCS = Path(__file__).parents[2] / "docs"
PAGES = {page.stem: page.read_text(encoding="utf-8") for page in sorted((DOCS / "integrations").glob("*.md"))}
FILE = re.compile(r"^```python (?P<name>\w+\.py)\n(?P<text>(?:(?!```).*\n)+)```$", re.MULTILINE)
PROGRAMS = [name for name, page in PAGES.items() if FILE.search(page)]


@pytest.mark.slow
@pytest.mark.parametrize("name", PROGRAMS)
def test_a_program_of_the_pages(name, tmp_path):
    """It passes its tests, without a warning."""
    for match in FILE.finditer(PAGES[name]):
        (tmp_path / match["name"]).write_text(match["text"], encoding="utf-8")
    (tmp_path / "conftest.py").write_text(
        "import pytest\n\n@pytest.fixture\ndef anyio_backend():\n    return 'asyncio'\n"
    )
    done = subprocess.run(
        [sys.executable, "-W", "error", "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:asyncio"],
        capture_output=True, text=True, timeout=60, check=False, cwd=tmp_path,
    )  # fmt: skip

    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_page_has_a_program_and_its_tests(name):
    """Both are there, and nothing of Python else."""
    assert [match["name"] for match in FILE.finditer(PAGES[name])] == ["app.py", "test_app.py"]
    assert len(re.findall(r"^```python", PAGES[name], re.MULTILINE)) == 2


@pytest.mark.parametrize("name", PAGES)
def test_links_lead_somewhere(name):
    """A link names a page that is there."""
    for link in re.findall(r"\]\((?!https:)([^)#]+)", PAGES[name]):
        assert (DOCS / "integrations" / link).exists(), link
