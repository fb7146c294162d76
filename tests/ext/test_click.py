"""Click and Typer on a container."""

import os
import subprocess
import sys
import textwrap

import click
import pytest
from click.testing import CliRunner
from conformance import Log, Session, Unbound, container_of, shows

from tenure.errors import BindingError, GraphError
from tenure.ext.click import Inject, inject, setup


@pytest.fixture
def log():
    return Log()


def group_of(container):
    @click.group()
    def app(): ...

    @app.command()
    @click.option("--name")
    @inject
    def greet(name, session=Inject[Session], context=Inject[click.Context]):
        click.echo(f"{name} {session.is_open} {context.info_name}")

    @app.command()
    @click.option("--status", type=int)
    @inject
    def leave(status, session=Inject[Session]):
        raise SystemExit(status)

    setup(app, container)
    return app


def test_a_command(log):
    """The container and a scope are around it."""
    done = CliRunner().invoke(group_of(container_of(log, is_async=False)), ["greet", "--name", "Ann"])

    assert done.output == "Ann True greet\n"
    assert list(log) == ["database opened", "session opened", "session closed", "database closed"]


def test_a_command_that_fails(log):
    """Its resources see the status, too."""
    done = CliRunner().invoke(group_of(container_of(log, is_async=False)), ["leave", "--status", "3"])

    assert done.exit_code == 3
    assert "session rolled back: SystemExit" in log


@pytest.mark.parametrize("is_async", [False, True])
@pytest.mark.parametrize("end", [lambda: click.get_current_context().exit(), lambda: SystemExit(0)])
def test_an_end_that_is_no_failure(end, is_async, log):
    """An exit with status 0 is shown to nobody."""

    @click.command()
    @inject
    def app(session=Inject[Session]):
        error = end()
        if error is not None:
            raise error

    @click.command()
    @inject
    async def aapp(session=Inject[Session]):
        error = end()
        if error is not None:
            raise error

    chosen = aapp if is_async else app
    setup(chosen, container_of(log, is_async=is_async))
    assert CliRunner().invoke(chosen, []).exit_code == 0
    assert list(log)[-2:] == ["session closed", "database closed"]


def test_a_coroutine_function(log):
    """It runs on a loop, with asynchronous resources."""

    @click.command()
    @inject
    async def app(session=Inject[Session]):
        click.echo(session.is_open)

    setup(app, container_of(log, is_async=True))
    runner = CliRunner()
    assert [runner.invoke(app, []).output for _ in range(2)] == ["True\n"] * 2
    assert list(log) == ["database opened", "session opened", "session closed", "database closed"] * 2


def test_the_help(log):
    """Nothing of what is injected."""
    shown = CliRunner().invoke(group_of(container_of(log, is_async=False)), ["greet", "--help"]).output

    assert "--name" in shown
    assert "session" not in shown


def test_a_command_that_cannot_be_served(log):
    """It is refused before anything runs."""

    @click.command()
    @inject
    def broken(wanted=Inject[Unbound]): ...

    with pytest.raises(GraphError, match=r"broken.*Unbound"):
        setup(broken, container_of(log, is_async=False))
    assert list(log) == []


def test_a_command_without_the_decorator(log):
    """It says so."""

    @click.command()
    def forgotten(session=Inject[Session]): ...

    with pytest.raises(BindingError, match="put @inject"):
        setup(forgotten, container_of(log, is_async=False))


def test_what_is_no_command(log):
    """An ordinary error."""
    with pytest.raises(TypeError, match="Click"):
        setup(object(), container_of(log, is_async=False))


@pytest.mark.parametrize("is_async", [False, True])
def test_typer(is_async, log):
    """Its options come from annotations, of which the injected ones are gone."""
    typer = pytest.importorskip("typer")
    from typer.testing import CliRunner

    app = typer.Typer()
    if is_async:

        @app.command()
        @inject
        async def greet(name: str = "nobody", session: Session = Inject[Session]):
            print(name, session.is_open)
    else:

        @app.command()
        @inject
        def greet(name: str = "nobody", session: Session = Inject[Session]):
            print(name, session.is_open)

    setup(app, container_of(log, is_async=is_async))
    assert CliRunner().invoke(app, ["--name", "Ann"]).output == "Ann True\n"
    shown = CliRunner().invoke(app, ["--help"]).output
    assert "--name" in shown
    assert "session" not in shown
    assert list(log)[-1] == "database closed"


HEAD = """
    import sys

    sys.path[:0] = sys.argv.pop(1).split(":")
    from collections.abc import AsyncIterator
    from conformance import Log, Repository, Session, Unbound, container_of
    from tenure.ext.click import Inject, inject, setup

    class Told(Log):
        def __call__(self, entry):
            print(entry)

    def show(name, session, repository):
        print(name, session.is_open, repository.session is session)
"""
BODY = """
    setup(app, container_of(Told(), is_async=sys.argv[1] == "agreet"))
    app()
"""
CLICK = """
    import click

    @click.group()
    def app(): ...

    if sys.argv[1] == "agreet":  # what no synchronous command could be served by

        @app.command("agreet")
        @click.option("--name")
        @inject
        async def agreet(name, session=Inject[Session], repository=Inject[Repository]):
            show(name, session, repository)
    else:

        @app.command("greet")
        @click.option("--name")
        @inject
        def greet(name, session=Inject[Session], repository=Inject[Repository], context=Inject[click.Context]):
            print(context.info_name)
            show(name, session, repository)
"""
TYPER = """
    import typer

    app = typer.Typer()
    app.callback()(lambda: None)  # or one command alone has no name

    if sys.argv[1] == "agreet":

        @app.command("agreet")
        @inject
        async def agreet(name: str = "", session: Session = Inject[Session], again: Repository = Inject[Repository]):
            show(name, session, again)
    else:

        @app.command("greet")
        @inject
        def greet(name: str = "", session: Session = Inject[Session], again: Repository = Inject[Repository]):
            show(name, session, again)
"""
OTHERS = """
    if sys.argv[1] == "fail":

        @app.command("fail")
        @inject
        def fail(session: Session = Inject[Session]):
            raise OSError("no network")

    if sys.argv[1] == "broken":

        @app.command("broken")
        @inject
        def broken(wanted: Unbound = Inject[Unbound]): ...
"""


class Commands:
    """
    What both do, told by programs in processes of their own.

    A derived class has `framework`, `packages`, the `program` between `HEAD` and `OTHERS`, and what the framework
    `lacks`, by column.
    """

    kind = "commands"
    lacks: dict[str, str] = {}

    @pytest.fixture(autouse=True)
    def _only_what_there_is(self, request):
        marker = request.node.get_closest_marker("shows")
        if marker.args[0] in self.lacks:
            pytest.skip(self.lacks[marker.args[0]])

    @pytest.fixture
    def run(self, tmp_path):
        """Give a function that runs a command, and returns its status, what it wrote, and its errors."""
        program = tmp_path / "program.py"
        program.write_text("".join(map(textwrap.dedent, (HEAD, self.program, OTHERS, BODY))))
        path = os.pathsep.join(each for each in sys.path if each)

        def run(*arguments):
            done = subprocess.run(
                [sys.executable, program, path, *arguments], capture_output=True, text=True, timeout=20, check=False
            )
            return done.returncode, done.stdout.splitlines(), done.stderr

        return run

    @shows("start/stop")
    def test_a_command(self, run):
        """The container is opened for it, and closed behind it."""
        status, lines, _ = run("greet", "--name", "Ann")

        assert (status, lines[0], lines[-1]) == (0, "database opened", "database closed")

    @shows("scope")
    def test_a_scope(self, run):
        """One session for all that needs it, closed behind the command."""
        _, lines, _ = run("greet", "--name", "Ann")

        assert [each for each in lines if each != "greet"][1:-1] == [
            "session opened",
            "Ann True True",
            "session closed",
        ]

    @shows("context object")
    def test_the_context(self, run):
        """Asked for by its class."""
        assert "greet" in run("greet", "--name", "Ann")[1]

    @shows("coroutine functions")
    def test_a_coroutine_function(self, run):
        """It runs on a loop, with asynchronous resources."""
        _, lines, _ = run("agreet", "--name", "Ann")

        assert lines[1:-1] == ["session opened", "Ann True True", "session closed"]

    @shows("errors")
    def test_an_error(self, run):
        """The resources see it, and so does who called the program."""
        status, lines, errors = run("fail")

        assert status == 1
        assert "no network" in errors
        assert "session rolled back: OSError" in lines

    @shows("help clean")
    def test_the_help(self, run):
        """Nothing of what is injected; nothing is opened."""
        _, lines, _ = run("greet", "--help")

        assert "--name" in "".join(lines)
        assert "session" not in "".join(lines).lower()

    @shows("start-up check")
    def test_a_command_that_cannot_be_served(self, run):
        """It is refused, and nothing is opened."""
        status, lines, errors = run("broken")

        assert (status, lines) == (1, [])
        assert "broken() needs wanted: Unbound" in " ".join(errors.split())


@pytest.mark.slow
class TestClick(Commands):
    framework = "Click"
    packages = ("click",)
    program = CLICK


@pytest.mark.slow
class TestTyper(Commands):
    framework = "Typer"
    packages = ("typer",)
    program = TYPER
    lacks = {"context object": "its Context is a parameter of the command, as ever"}
