"""Every file that docs/testing.md shows is written, and pytest run over them, section by section."""

import os
import re
import subprocess
import sys
from importlib.metadata import entry_points
from pathlib import Path

import pytest

import tenure

DOCS = Path(__file__).parents[2] / "docs"
PAGE = (DOCS / "testing.md").read_text(encoding="utf-8")
SECTION = re.compile(r"^## (.+)\n((?:(?!## ).*\n)*)", re.MULTILINE)
FILE = re.compile(r"^```(?:python|toml)\n# ([\w.]+)\n((?:(?!```).*\n)+)```$", re.MULTILINE)
SETTINGS = '[tool.pytest.ini_options]\npythonpath = ["."]\n'


def sections():
    """Give the files of each section, in the order of the page; one that comes again goes on with the first."""
    for title, text in SECTION.findall(PAGE):
        files = {}
        for name, content in FILE.findall(text):
            files[name] = files.get(name, "") + content
        if files:
            yield pytest.param(files, id=title)


@pytest.mark.slow
@pytest.mark.parametrize("files", [*sections()])
def test_a_section(files, tmp_path):
    """Its tests pass, without a warning."""
    for name, content in {"pyproject.toml": SETTINGS, **files}.items():
        (tmp_path / name).write_text(content, encoding="utf-8")
    environment = os.environ | {"PYTHONPATH": str(Path(tenure.__file__).parents[1])}
    environment.pop("PYTEST_ADDOPTS", None)
    options = ["-p", "no:cacheprovider", "-W", "error"]
    has_asyncio = "mark.asyncio" in str(files)
    options += ["-o", "asyncio_default_fixture_loop_scope=function"] if has_asyncio else ["-p", "no:asyncio"]
    if not any(each.name == "tenure" for each in entry_points(group="pytest11")):
        options += ["-p", "tenure.testing.pytest_plugin"]  # installed from sources that are older than the plugin
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", *options],
        capture_output=True, text=True, timeout=60, check=False, cwd=tmp_path, env=environment,
    )  # fmt: skip

    assert re.search(r"^\d+ passed in", done.stdout, re.MULTILINE), done.stdout + done.stderr
    assert done.returncode == 0


def test_every_block_is_a_file():
    """Nothing is shown that no test runs."""
    assert len(re.findall(r"^```(?:python|toml)$", PAGE, re.MULTILINE)) == len(FILE.findall(PAGE)) > 0


def anchors(page):
    """Return the anchors of the headings of *page*, as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", page, re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_links_lead_somewhere():
    """A link names a page that is there, and one of its headings."""
    for link in re.findall(r"\]\((?!https:)([^)]+)\)", PAGE):
        path, _, anchor = link.partition("#")
        page = (DOCS / path).read_text(encoding="utf-8") if path else PAGE
        assert not anchor or anchor in anchors(page), link
