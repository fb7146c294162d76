"""
Bad pattern 1, managing by hand.

What Tenure makes of it: the user's `initialize()` and `dispose()` are its own opening
and closing, so nothing happens twice; what is forgotten is closed with the container.
"""

import subprocess
import sys
import textwrap

import anyio
import pytest
from document_support import USERS, Connection, Watch

from tenure.compat.injectq import InjectQ, resource

pytestmark = pytest.mark.usefixtures("connections")


class Config:
    path = ":memory:"


@resource
class DatabaseConnection:
    """Guards against nothing itself: a second opening would leak, a second closing would raise."""

    def __init__(self):
        self.connection = None

    async def initialize(self):
        assert self.connection is None, "opened twice"
        self.connection = await Connection.open(Config.path)

    async def dispose(self):
        connection, self.connection = self.connection, None
        await connection.close()

    async def query(self, query):
        return await self.connection.execute(query)


@resource
class SomeResource:
    def initialize(self):
        self.is_open = True
        print("SomeResource initialized")

    def dispose(self):
        self.is_open = False
        print("SomeResource disposed")

    def do_something(self):
        return self.is_open


# The document's program.


# Bad: Manual resource management
async def bad_resource_handling(container):
    db = container.get(DatabaseConnection)

    # Manual initialization - error prone
    await db.initialize()

    try:
        result = await db.query("SELECT * FROM users")
        return result
    finally:
        # Manual cleanup - easy to forget
        await db.dispose()


# Bad: Resource leaks
def leaky_function(container):
    resource = container.get(SomeResource)
    # No cleanup - resource leak!
    return resource.do_something()


# What holds of it.


ONCE = ["Opened DatabaseConnection", "Closed DatabaseConnection"]


@pytest.fixture(autouse=True)
def config(monkeypatch, database):
    monkeypatch.setattr(Config, "path", database)


@pytest.fixture(params=["instance", "class"])
def container(request):
    container = InjectQ()
    container.bind(DatabaseConnection, DatabaseConnection() if request.param == "instance" else DatabaseConnection)
    return container


@pytest.fixture
def watch(container):
    return Watch(container)


@pytest.mark.anyio
async def test_by_hand_opens_and_closes_once(container, watch):
    """Outside any scope; the container owes nothing afterwards."""
    assert await bad_resource_handling(container) == USERS
    await container.aclose()

    assert watch.acts == ONCE


@pytest.mark.anyio
async def test_by_hand_inside_a_scope_opens_and_closes_once(container, watch):
    """What was closed by hand is not closed by the scope."""
    async with container.resource_scope():
        assert await bad_resource_handling(container) == USERS
        assert watch.acts == ONCE

    assert watch.acts == ONCE


@pytest.mark.anyio
async def test_a_double_opening_cannot_happen(container, watch):
    """By hand after a first use, by hand twice, by hand while others use it."""
    async with container.resource_scope():
        db = container.get(DatabaseConnection)
        await db.query("SELECT 1")
        await db.initialize()
        await db.initialize()
        async with anyio.create_task_group() as tasks:
            for _ in range(10):
                tasks.start_soon(db.initialize)
                tasks.start_soon(db.query, "SELECT 1")

    assert watch.acts == ONCE


@pytest.mark.anyio
async def test_many_openings_by_hand_open_once(container, watch, connections):
    """All at the same time, before anything is open."""
    async with container.resource_scope():
        db = container.get(DatabaseConnection)
        async with anyio.create_task_group() as tasks:
            for _ in range(100):
                tasks.start_soon(db.initialize)

    assert len(connections) == 1
    assert watch.acts == ONCE


@pytest.mark.anyio
async def test_a_forgotten_closing_is_the_scopes(container, watch):
    """Opened by hand, closed by the scope."""
    async with container.resource_scope():
        await container.get(DatabaseConnection).initialize()

    assert watch.acts == ONCE


@pytest.mark.anyio
async def test_a_double_closing_cannot_happen(container, watch):
    """By hand twice, and before anything is open."""
    async with container.resource_scope():
        db = container.get(DatabaseConnection)
        await db.dispose()
        assert watch.acts == []
        await db.query("SELECT 1")
        await db.dispose()
        await db.dispose()

    assert watch.acts == ONCE


@pytest.mark.anyio
async def test_used_after_it_was_closed_by_hand_it_opens_again(container, watch):
    """And is owed again."""
    async with container.resource_scope():
        db = container.get(DatabaseConnection)
        await db.query("SELECT 1")
        await db.dispose()
        assert await db.query("SELECT * FROM users") == USERS

    assert watch.acts == ONCE * 2


@pytest.mark.anyio
async def test_the_error_of_an_opening_by_hand_is_the_callers(container, watch, monkeypatch):
    """As if no container were there."""
    error = OSError("no disk")

    async def refuse(path):
        raise error

    async with container.resource_scope():
        with monkeypatch.context() as patch:
            patch.setattr(Connection, "open", refuse)
            with pytest.raises(OSError, match="no disk") as caught:
                await container.get(DatabaseConnection).initialize()

    assert caught.value is error
    assert watch.acts == ["OpenFailed DatabaseConnection"]


@pytest.mark.anyio
async def test_the_error_of_a_closing_by_hand_is_the_callers(container, watch, monkeypatch):
    """It is raised where the closing was called, and not a second time by the scope."""
    error = OSError("disk full")
    close = Connection.close

    async def fail(self):
        await close(self)
        raise error

    monkeypatch.setattr(Connection, "close", fail)
    async with container.resource_scope():
        db = container.get(DatabaseConnection)
        await db.query("SELECT 1")
        with pytest.raises(OSError, match="disk full") as caught:
            await db.dispose()
        assert caught.value is error

    assert watch.acts == ["Opened DatabaseConnection", "CloseFailed DatabaseConnection"]


@pytest.mark.anyio
async def test_an_object_that_came_open_is_not_closed(connections):
    """Tenure closes what Tenure opened: what its maker had opened before it was bound is its maker's."""
    db = DatabaseConnection()
    await db.initialize()
    container = InjectQ()
    container.bind(DatabaseConnection, value=db)
    async with container.resource_scope():
        assert await container.get(DatabaseConnection).query("SELECT * FROM users") == USERS
    await container.aclose()

    assert connections[0].is_open
    await db.dispose()


def test_what_a_leaky_function_got_is_closed_with_the_container(capsys):
    """Got outside any scope it belongs to the container, which does not forget."""
    container = InjectQ()
    assert leaky_function(container) is True
    assert capsys.readouterr().out == "SomeResource initialized\n"

    container.close()
    assert capsys.readouterr().out == "SomeResource disposed\n"


def test_what_a_leaky_function_got_is_closed_with_the_scope(capsys):
    """Called inside one, it leaks nothing."""
    container = InjectQ()
    with container.resource_scope():
        assert leaky_function(container) is True

    assert capsys.readouterr().out == "SomeResource initialized\nSomeResource disposed\n"


LEAK = """
from tenure.compat.injectq import InjectQ, resource

@resource
class SomeResource:
    def initialize(self):
        print("initialized")

    def dispose(self):
        print("disposed")

def leaky_function(container):
    container.get(SomeResource)

container = InjectQ()
leaky_function(container)
print("end of the program")
"""


def test_a_container_that_nobody_closed_is_closed_at_exit_and_named():
    """A ResourceWarning tells what was forgotten and where it was opened."""
    done = subprocess.run(
        [sys.executable, "-X", "dev", "-c", textwrap.dedent(LEAK)], capture_output=True, text=True, check=False
    )

    assert done.stdout == "initialized\nend of the program\ndisposed\n"
    assert "ResourceWarning" in done.stderr
    assert "SomeResource" in done.stderr
    assert "in leaky_function" in done.stderr
    assert done.returncode == 0
