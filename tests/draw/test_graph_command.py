"""`tenure graph`, as a program runs it."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tenure.cli import main
from tests.draw.grammar import parse_dot, parse_mermaid
from tests.draw.seeing import read

SOURCE = str(Path(__file__).parents[2] / "src")
APP = """
from tenure import Container, containers, providers

class Settings: ...
class Database: ...
class Orders:
    def __init__(self, database: Database) -> None: ...

def open_database(settings: Settings):
    try:
        yield Database()
    finally:
        pass

def make():
    container = Container()
    container.bind(Settings, Settings(), scope="singleton")
    container.bind(Database, open_database, scope="singleton")
    container.bind(Orders, scope="request")
    return container

def fails():
    container = make()
    def refuse(database: Database):
        raise OSError("it is not there")
        yield
    container.bind(Orders, refuse, scope="singleton")
    return container

class Shop(containers.DeclarativeContainer):
    settings = providers.Singleton(Settings)
    database = providers.Resource(open_database, settings)

container = make()
number = 3
"""


@pytest.fixture
def app(tmp_path, monkeypatch):
    """A module of its own; the name of it."""
    name = f"app_{tmp_path.name}"
    (tmp_path / f"{name}.py").write_text(APP, encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.chdir(tmp_path)
    return name


@pytest.mark.parametrize("what", ["container", "make", "Shop"])
def test_a_tree_is_drawn(app, capsys, what):
    """Of a container, of what makes one, and of a declarative one."""
    status = main(["graph", f"{app}:{what}"])
    shown = capsys.readouterr().out

    assert status == 0
    assert shown.startswith(f"{app}:{what}: 1 resource, ")
    assert "by open_database" in shown


@pytest.mark.parametrize(
    ("file", "reads"),
    [
        ("a.svg", read), ("a.json", json.loads), ("a.mmd", parse_mermaid), ("a.dot", parse_dot), ("a.gv", parse_dot),
        ("a.html", lambda text: text.index("<!doctype html>")), ("a.txt", lambda text: text.index("Database")),
    ],
)  # fmt: skip
def test_the_name_of_the_file_says_the_format(app, tmp_path, file, reads):
    """Each is what it is called."""
    assert main(["graph", f"{app}:container", "-o", file]) == 0

    reads((tmp_path / file).read_text(encoding="utf-8"))


def test_a_key_and_what_is_near_it(app, capsys):
    """With --focus and --depth."""
    main(["graph", f"{app}:container", "--focus", "Orders", "--depth", "1", "--format", "json"])
    saved = json.loads(capsys.readouterr().out)

    assert [node["label"] for node in saved["nodes"]] == ["Database", "Orders"]


def test_groups_are_chosen(app, capsys):
    """With --by."""
    main(["graph", f"{app}:container", "--by", "type", "--format", "json"])

    assert [group["name"] for group in json.loads(capsys.readouterr().out)["groups"]] == ["value", "resource"]


@pytest.mark.parametrize(
    ("words", "text"),
    [
        (["{app}:number"], "'{app}:number' is of builtins.int, no container; containers there: container"),
        (["{app}:Settings"], "'{app}:Settings' is the class Settings, no container; containers there: container"),
        (["{app}:container", "--focus", "Ordres"], "nothing in the drawing is called 'Ordres'; did you mean Orders?"),
        (["{app}:container", "--depth", "1"], "--depth says how far from --focus KEY things are drawn; say which KEY"),
        (["{app}:container", "-o", "a.png"], ("'a.png' does not say which format is wanted; say --format, one of tree, "
         "mermaid, dot, svg, html, json")),
        (["{app}:container", "-o", "no/a.svg"], "'no/a.svg' cannot be written: No such file or directory"),
        (["{app}:container", "--waterfall", "--format", "dot"], ("a waterfall cannot be drawn as dot; there are tree, "
         "svg, html and json")),
        (["{app}:container", "--waterfall", "--by", "type"], ("a waterfall shows everything that was opened, in order "
         "of time; it takes no --focus and no --by")),
    ],
)  # fmt: skip
def test_what_is_refused(app, capsys, words, text):
    """With a line that says what would do, and status 2."""
    status = main(["graph", *(word.format(app=app) for word in words)])

    assert (status, capsys.readouterr().err) == (2, f"tenure graph: {text.format(app=app)}\n")


@pytest.mark.parametrize("what", ["container", "Shop"])
def test_a_waterfall_is_drawn(app, capsys, what):
    """What was opened by the start, and what was closed."""
    status = main(["graph", f"{app}:{what}", "--waterfall"])
    shown = capsys.readouterr().out

    assert status == 0
    assert "start of root: " in shown
    assert "1 opened; critical path " in shown
    assert "close of root: " in shown
    assert "1 closed; critical path " in shown
    assert "atabase " in shown


@pytest.mark.parametrize("form", ["svg", "html", "json"])
def test_waterfalls_have_formats(app, capsys, form):
    """A start and a close in each."""
    main(["graph", f"{app}:container", "--waterfall", "--format", form])
    shown = capsys.readouterr().out

    if form == "json":
        assert [timeline["act"] for timeline in json.loads(shown)] == ["start", "close"]
    assert "start" in shown
    assert "close" in shown


def test_a_failed_start_is_drawn(app, capsys):
    """What it failed with is told besides, and the status is 1."""
    status = main(["graph", f"{app}:fails", "--waterfall"])
    told = capsys.readouterr()

    assert status == 1
    assert "failed: OSError" in told.out
    assert told.err == "tenure graph: it failed with OSError: it is not there\n"


@pytest.mark.slow
def test_it_runs_as_a_program(app, tmp_path):
    """Without a warning; a terminal that knows ASCII only gets that."""
    done = subprocess.run(
        [sys.executable, "-X", "dev", "-W", "error", "-m", "tenure", "graph", f"{app}:container"],
        capture_output=True, text=True, timeout=60, check=False, cwd=tmp_path,
        env={"PYTHONPATH": SOURCE, "PYTHONIOENCODING": "ascii"},
    )  # fmt: skip

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.isascii()
    assert "`- * Database" in done.stdout
