"""Click and Typer on a container."""

import click
import pytest
from click.testing import CliRunner
from conformance import Log, Session, Unbound, container_of

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
