"""The recipes of docs/cookbook: each program prints what stands below it, on a real server where it needs one."""

import importlib.util
import re
import runpy
import subprocess
import sys
from pathlib import Path

import pytest

from tenure import Container
from tests.complaints import complaints

DOCS = Path(__file__).parents[2] / "docs"
SOURCE = str(Path(__file__).parents[2] / "src")
NAMES = [path.stem for path in sorted((DOCS / "cookbook").glob("*.md"))]
PAGES = {name: (DOCS / "cookbook" / f"{name}.md").read_text(encoding="utf-8") for name in NAMES}
PAGES["clients"] = (DOCS / "clients.md").read_text(encoding="utf-8")
EXAMPLE = re.compile(
    r"^```python\n(?P<program>(?:(?!```).*\n)+)```\n```text\n(?P<output>(?:(?!```).*\n)+)```$", re.MULTILINE
)
UNRUN = re.compile(r"^```python\n(?P<program># needs (?:(?!```).*\n)+)```$", re.MULTILINE)
NEEDS = {"DATABASE_URL": "postgres", "REDIS_URL": "redis_server", "SERVICE_URL": "http_url"}
"""What a program finds in its environment, and the fixture that gives it."""
PACKAGE = re.compile(r"^(?:import|from) (\w+)", re.MULTILINE)


def found(pattern):
    for name, page in PAGES.items():
        for number, match in enumerate(pattern.finditer(page), 1):
            yield pytest.param(*match.groups(), id=f"{name} {number}")


@pytest.fixture
def environ(request):
    def give(program):
        made = {"PYTHONPATH": SOURCE, "PYTHONDONTWRITEBYTECODE": "1"}
        for name in re.findall(r'environ\["(\w+)"\]', program):
            server = request.getfixturevalue(NEEDS[name])
            if name == "DATABASE_URL":
                server.clear()
                server = f"postgresql://app@127.0.0.1:{server.port}/postgres?sslmode=disable"
            elif name == "REDIS_URL":
                server.clear()
                server = f"redis://127.0.0.1:{server.port}"
            made[name] = server
        return made

    return give


def skip_without_packages(program):
    for package in PACKAGE.findall(program):
        if importlib.util.find_spec(package) is None:
            pytest.skip(f"needs {package}")


@pytest.mark.slow
@pytest.mark.parametrize(("program", "output"), [*found(EXAMPLE)])
def test_a_recipe(program, output, tmp_path, environ):
    """It runs as `app.py`, prints what the page shows, and nothing is left open that Python would warn of."""
    skip_without_packages(program)
    (tmp_path / "app.py").write_text(program, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-X", "dev", "-W", "error", "app.py"],
        capture_output=True, text=True, timeout=60, check=False, cwd=tmp_path, env=environ(program),
    )  # fmt: skip

    shown = done.stdout.replace(f"{tmp_path.resolve()}/", "")
    assert (shown, complaints(done.stderr), done.returncode) == (output, "", 0)


@pytest.mark.parametrize("program", [*found(UNRUN)])
def test_a_recipe_that_is_not_run(program, tmp_path):
    """What needs a broker is imported, and its graph checked: warnings count as well."""
    skip_without_packages(program)
    (tmp_path / "recipe.py").write_text(program, encoding="utf-8")

    container = runpy.run_path(str(tmp_path / "recipe.py"), run_name="recipe")["container"]

    assert isinstance(container, Container)
    container.check(strict=True)


@pytest.mark.parametrize("name", PAGES)
def test_every_program_is_run(name):
    """Each block of Python is followed by what it prints, or says what it needs."""
    n_programs = len(re.findall(r"^```python$", PAGES[name], re.MULTILINE))

    assert n_programs == len(EXAMPLE.findall(PAGES[name])) + len(UNRUN.findall(PAGES[name]))


@pytest.mark.parametrize("name", PAGES)
def test_links_lead_somewhere(name):
    """A link names a file that is there."""
    folder = DOCS if name == "clients" else DOCS / "cookbook"
    for link in re.findall(r"\]\((?!https:|#)([^)#]+)[^)]*\)", PAGES[name]):
        assert (folder / link).exists(), link


def test_every_page_stands_in_the_index():
    """The first page of the cookbook names all others."""
    for name in NAMES:
        assert name == "README" or f"]({name}.md)" in PAGES["README"], name
