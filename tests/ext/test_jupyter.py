"""Notebooks on a container: in kernels of Jupyter, and in a shell of IPython."""

import atexit
import re
import sys
import textwrap

import nbformat
import pytest
from conformance import TIMEOUT_S, shows
from IPython.core.interactiveshell import InteractiveShell
from nbclient import NotebookClient
from traitlets.config import Config

from tenure import Container, Inject, containers, inject
from tenure.errors import BindingError, ScopeError
from tenure.ext.jupyter import load_ipython_extension, setup, unload_ipython_extension
from tenure.runtime.scope import current

FIRST = """
    from collections.abc import AsyncIterator, Iterator

    from tenure import Container, Inject, inject

    def log(text):
        with open(LOG, "a") as file:
            file.write(text + "\\n")

    class Pool: ...

    class Database: ...

    class Session:
        number = 41

    async def open_pool() -> AsyncIterator[Pool]:
        log("pool opened")
        try:
            yield Pool()
        finally:
            log("pool closed")

    def open_database(pool: Pool) -> Iterator[Database]:
        log("database opened")
        try:
            yield Database()
        finally:
            log("database closed")

    async def open_session(database: Database) -> AsyncIterator[Session]:
        log("session opened")
        try:
            yield Session()
        except BaseException as error:
            log(f"session rolled back: {type(error).__name__}")
            raise
        log("session closed")

    container = Container()
    container.bind(open_pool, scope="singleton")
    container.bind(open_database, scope="singleton")
    container.bind(open_session, scope="request")
"""
BEGIN = ("%load_ext tenure.ext.jupyter", "%tenure container", "await container.start()")


@pytest.fixture
def log(tmp_path):
    return tmp_path / "log"


@pytest.fixture
def run(log):
    """Give a function that runs cells in a kernel until it has shut down, and returns what each of them showed."""

    def run(*cells, is_set_up=True):
        first = f"LOG = {str(log)!r}\n{textwrap.dedent(FIRST)}"
        cells = [first, *(BEGIN if is_set_up else ()), *map(textwrap.dedent, cells)]
        notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
        NotebookClient(notebook, timeout=TIMEOUT_S, allow_errors=True).execute()
        return [_shown(cell.outputs) for cell in notebook.cells][1 + 3 * is_set_up :]

    return run


def _shown(outputs):
    parts = [
        each.get("text") or each.get("data", {}).get("text/plain") or "\n".join(each.get("traceback", ()))
        for each in outputs
    ]
    return re.sub(r"\x1b\[[0-9;]*m", "", "".join(parts))


@pytest.mark.slow
class TestJupyter:
    kind = "commands"
    framework = "Jupyter"
    packages = ("ipython", "ipykernel", "nbclient")

    @shows("start/stop")
    def test_the_end_of_a_kernel(self, run, log):
        """What is open then is closed, dependents first, asynchronous or not."""
        shown = run("print(container)")

        assert shown == ["<Container open, 5 bindings, 2 open>\n"]
        assert log.read_text().splitlines() == ["pool opened", "database opened", "database closed", "pool closed"]

    @shows("scope")
    def test_a_cell_in_a_scope(self, run, log):
        """It closes behind the cell; its last expression is shown, and its names are there in the next."""
        shown = run(
            """
            %%scope
            session = await container.aget(Session)
            text = '''
              not indented any further'''
            log("in the cell")
            session.number + 1
            """,
            "print(session.number, text)",
        )

        assert shown == ["42", "41 \n  not indented any further\n"]
        assert log.read_text().splitlines()[2:5] == ["session opened", "in the cell", "session closed"]

    @shows("coroutine functions")
    def test_functions(self, run):
        """They are filled in, in a scope and outside of any."""
        shown = run(
            """
            @inject
            async def ask(text, database: Database = Inject[Database]):
                return f"{text} {type(database).__name__}"

            @inject
            def count(session: Session = Inject[Session]):
                return session.number

            await ask("asked")
            """,
            "%%scope\nawait container.aget(Session)\ncount()",
        )

        assert shown == ["'asked Database'", "41"]

    @shows("errors")
    def test_an_error(self, run, log):
        """The resources of the cell see it; the traceback points at the line of the cell."""
        (shown,) = run("%%scope\nawait container.aget(Session)\n1 / 0\n")

        assert "----> 3 1 / 0" in shown
        assert "session rolled back: ZeroDivisionError" in log.read_text()

    @shows("errors")
    def test_a_cancelled_cell(self, run, log):
        """So does Jupyter interrupt it: the resources of the cell see that, and the kernel goes on."""
        shown = run(
            """
            %%scope
            import asyncio
            await container.aget(Session)
            asyncio.get_running_loop().call_soon(asyncio.current_task().cancel)
            await asyncio.Event().wait()
            """,
            "1 + 1",
        )

        assert shown[1] == "2"
        assert "session rolled back: CancelledError" in log.read_text()

    def test_a_container_by_hand(self, run, log):
        """One that was closed by a cell is closed once; another takes its place."""
        shown = run(
            "await container.aclose()\nlog('closed by hand')",
            "container = Container()\ncontainer.bind(open_pool, scope='singleton')",
            "%tenure",
            "%%scope\ntype(await container.aget(Pool)).__name__",
        )

        assert shown[-1] == "'Pool'"
        assert log.read_text().splitlines() == [
            "pool opened", "database opened", "database closed", "pool closed",
            "closed by hand", "pool opened", "pool closed",
        ]  # fmt: skip

    def test_no_container(self, run):
        """The error says what to do."""
        (_, shown) = run("%load_ext tenure.ext.jupyter", "%%scope\n1", is_set_up=False)

        assert "%tenure container" in shown


@pytest.fixture
def shell(tmp_path, monkeypatch):
    """Give a shell of IPython, as a terminal has one."""
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path))
    monkeypatch.setitem(sys.modules, "__main__", sys.modules["__main__"])  # the shell puts its own there, for good
    shell = InteractiveShell(config=Config({"HistoryManager": {"enabled": False}}))
    token = current.set(None)  # as in a process of its own
    load_ipython_extension(shell)
    yield shell
    unload_ipython_extension(shell)
    current.reset(token)
    shell.atexit_operations()
    atexit.unregister(shell.atexit_operations)


class Session:
    """What a cell asks for."""


@pytest.fixture
def container():
    container = Container(scopes=("session", "request"))
    container.bind(Session, scope="request")
    return container


def test_the_magic(shell, container):
    """It takes an expression, and `container` where there is none."""
    shell.user_ns.update(container=container, mine=[container], Session=Session)
    for line in ("%tenure", "%tenure mine[0]"):
        shell.run_cell(line).raise_error()
        assert isinstance(shell.run_cell("%%scope\ncontainer.get(Session)").result, Session)


def test_a_named_scope(shell, container):
    """`%%scope` opens it, behind blank lines as well; one that is not there is an error of the cell."""
    setup(shell, container)
    shell.user_ns.update(container=container)
    shell.run_cell("\n%%scope session\nnames = [each.name for each in container.snapshot().scopes]").raise_error()
    assert shell.user_ns["names"][-1] == "session"
    with pytest.raises(ScopeError, match="sessoin"):
        shell.run_cell("%%scope sessoin\n1").raise_error()


@pytest.mark.parametrize("cell", ["%%scope", "%%scope\n", "%%scope\n# nothing"])
def test_an_empty_cell(shell, container, cell):
    """It is fine."""
    setup(shell, container)
    shell.run_cell(cell).raise_error()


def test_other_cells(shell, container):
    """They are left alone; so is text that only looks like the mark."""
    setup(shell, container)
    shell.run_cell("x = '''\n%%scope\n'''").raise_error()
    assert shell.user_ns["x"] == "\n%%scope\n"


@pytest.mark.slow
def test_a_shell_that_was_reset(shell, container):
    """`%reset` takes the names of the user's only."""
    setup(shell, container)
    shell.run_cell("%reset -f").raise_error()
    assert shell.run_cell("%%scope\n41 + 1").result == 42


def test_unloaded(shell, container):
    """The magics are gone."""
    setup(shell, container)
    unload_ipython_extension(shell)
    assert not shell.run_cell("%%scope\n1").success
    assert "tenure" not in shell.magics_manager.lsmagic()["line"]
    load_ipython_extension(shell)


def test_cells_twice(shell, container):
    """A cell may be run again, and the extension loaded again."""
    for _ in range(2):
        load_ipython_extension(shell)
        setup(shell, container)
    shell.user_ns.update(container=container)
    shell.run_cell("%%scope\nn = len(container.snapshot().scopes)").raise_error()
    assert shell.user_ns["n"] == 2


def test_what_is_wrong(shell, container):
    """It is said at once."""

    @inject
    def fine(session=Inject[Session]): ...

    def forgotten(session=Inject[Session]): ...

    with pytest.raises(BindingError, match="get_ipython"):
        setup(container, container)
    with pytest.raises(BindingError, match="include"):
        setup(shell, containers.DynamicContainer())
    with pytest.raises(ScopeError, match="'requests'"):
        setup(shell, container, scope="requests")
    with pytest.raises(BindingError, match="put @inject"):
        setup(shell, container, handlers=[fine, forgotten])
