"""The programs of the pages on integrations do what their own tests say; links lead somewhere."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.real.running import ServerMissingError
from tests.real.started import server_of

DOCS = Path(__file__).parents[2] / "docs"
PAGES = {page.stem: page.read_text(encoding="utf-8") for page in sorted((DOCS / "integrations").glob("*.md"))}
FILE = re.compile(r"^```python (?P<name>\w+\.py)\n(?P<text>(?:(?!```).*\n)+)```$", re.MULTILINE)
PROGRAMS = [name for name, page in PAGES.items() if FILE.search(page)]
ELSEWHERE = {"arq"}
"""Programs that run in an environment of their own, by the tests of their integration."""


def write_files(name, folder):
    """Write the files of a page into *folder*."""
    for match in FILE.finditer(PAGES[name]):
        (folder / match["name"]).write_text(match["text"], encoding="utf-8")


def environ_of(name):
    """Return what the program of a page finds in its environment: a server that it asks for there."""
    if "REDIS_URL" not in PAGES[name]:
        return None
    try:
        port = server_of("redis").port
    except ServerMissingError as missing:
        pytest.skip(str(missing))
    return {**os.environ, "REDIS_URL": f"redis://127.0.0.1:{port}/0"}


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name in PROGRAMS if name not in ELSEWHERE])
def test_a_program_of_the_pages(name, tmp_path):
    """It passes its tests, without a warning."""
    write_files(name, tmp_path)
    (tmp_path / "conftest.py").write_text(
        "import pytest\n\n@pytest.fixture\ndef anyio_backend():\n    return 'asyncio'\n"
    )
    done = subprocess.run(
        [sys.executable, "-W", "error", "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:asyncio"],
        capture_output=True, text=True, timeout=60, check=False, cwd=tmp_path, env=environ_of(name),
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
