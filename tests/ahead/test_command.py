"""`tenure compile`, as a program runs it."""

import subprocess
import sys
from pathlib import Path

import pytest

SOURCE = str(Path(__file__).parents[2] / "src")
APP = """
from tenure import Container

class Database: ...

class Users:
    def __init__(self, database: Database) -> None:
        self.database = database

def make():
    container = Container(compiled="app.wiring")
    container.bind(Database, scope="singleton")
    container.bind(Users)
    return container

container = make()
"""
MAIN = """
from app.main import Users, container

with container:
    print(type(container.get(Users).database).__name__, container.engine.ahead is not None)
"""
pytestmark = pytest.mark.slow


@pytest.fixture
def project(tmp_path):
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "__init__.py").touch()
    (tmp_path / "app" / "main.py").write_text(APP, encoding="utf-8")
    (tmp_path / "run.py").write_text(MAIN, encoding="utf-8")
    return tmp_path


def run(project, *words):
    return subprocess.run(
        [sys.executable, "-X", "dev", "-W", "error", *words],
        capture_output=True, text=True, timeout=60, check=False, cwd=project,
        env={"PYTHONPATH": SOURCE, "PYTHONDONTWRITEBYTECODE": "1"},
    )  # fmt: skip


def compile_(project, source="app.main:container", *more):
    return run(project, "-m", "tenure", "compile", source, "-o", "app/wiring.py", *more)


@pytest.mark.parametrize("source", ["app.main:container", "app.main:make"])
def test_a_program_is_compiled_and_run(project, source):
    """The module need not exist before; a function that makes the container will do."""
    done = compile_(project, source)
    assert (done.stdout, done.stderr, done.returncode) == ("app/wiring.py: resolvers of 2 bindings\n", "", 0)

    done = run(project, "run.py")
    assert (done.stdout, done.stderr) == ("Database True\n", "")


def test_check_tells_whether_the_file_is_current(project):
    """Nothing is written by --check."""
    assert compile_(project, "app.main:container", "--check").returncode == 1
    assert not (project / "app" / "wiring.py").exists()
    compile_(project)
    assert compile_(project, "app.main:container", "--check").stdout == "app/wiring.py is up to date\n"
    (project / "app" / "main.py").write_text(APP.replace(', scope="singleton"', ""), encoding="utf-8")
    done = compile_(project, "app.main:container", "--check")
    assert (done.stdout, done.returncode) == ("app/wiring.py is not what would be written\n", 1)

    done = run(project, "run.py")
    assert "StaleResolversError" in done.stderr
    assert "renew them: tenure compile app.main:container -o app/wiring.py" in done.stderr
    assert compile_(project).returncode == 0  # a stale module is in nobody's way
    assert run(project, "run.py").stdout == "Database True\n"


def test_what_cannot_be_compiled_is_told(project):
    """One line and a status for each; nothing is written."""
    (project / "app" / "broken.py").write_text(APP + "container.bind(list)\ncontainer.bind('x', lambda y: y)\n")
    for source, told, status in [
        ("app.main:", "'app.main:' does not say where the container is; say it as module:container", 2),
        ("app.nowhere:container", "there is no module 'app.nowhere'", 2),
        ("app.main:nothing", "'app.main:nothing': 'nothing' is not there", 2),
        ("app.main:Users.__name__", "'app.main:Users.__name__' is of builtins.str, no container", 2),
        ("app.broken:container", "4 findings\n1. error: uninjectable: 'x' needs y", 1),
    ]:
        done = compile_(project, source)
        assert done.returncode == status, done.stderr
        assert done.stderr.startswith(f"tenure compile: {told}")
        assert not (project / "app" / "wiring.py").exists()
