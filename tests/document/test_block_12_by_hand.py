"""
Bad pattern 1, managing by hand.

What Tenure makes of it: the user's `initialize()` and `dispose()` are its own opening
and closing, so nothing happens twice; what is forgotten is closed with the container.
"""

import gc
import subprocess
import sys
import textwrap
from pathlib import Path

import anyio
import pytest
from document_support import USERS, Connection, Watch

from tenure.compat.injectq import InjectQ, resource
from tests.complaints import complaints

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
async def test_two_containers_open_one_object_once(connections):
    """What another container opened came open to this one: it is used, and not closed under the other."""
    db = DatabaseConnection()
    first, second = InjectQ(), InjectQ()
    for container in (first, second):
        container.bind(DatabaseConnection, db)
    async with first.resource_scope():
        await first.aget(DatabaseConnection)
        async with second.resource_scope():
            assert await (await second.aget(DatabaseConnection)).query("SELECT * FROM users") == USERS
        assert await db.query("SELECT * FROM users") == USERS

    assert len(connections) == 1


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


def test_a_container_that_was_dropped_says_what_it_left_open():
    """A ResourceWarning names it and the line that opened it; its code is not run by the garbage collector."""

    def leak():
        container = InjectQ()
        assert leaky_function(container) is True
        del container
        gc.collect()

    with pytest.warns(ResourceWarning, match="SomeResource") as caught:
        leak()

    [warning] = caught
    line = leaky_function.__code__.co_firstlineno + 1
    assert f"{Path(__file__).name}:{line}" in str(warning.message)


LEAK = """
import asyncio
from tenure.compat.injectq import InjectQ, resource

@resource
class First:
    def initialize(self):
        print("initialized")

    def dispose(self):
        print("disposed")

@resource
class Second(First):
    pass

@resource
class Remote:
    async def initialize(self):
        pass

    async def dispose(self):
        print("never printed: no loop is left to close it")

def leaky_function(container):
    container.get(First)
    container.get(Second)

container = InjectQ()
leaky_function(container)
loop = asyncio.new_event_loop()
loop.run_until_complete(container.aget(Remote))
print("end of the program")
"""


def test_a_container_that_nobody_closed_is_closed_at_exit():
    """Sync resources last opened first; those that would have to be awaited are named."""
    done = subprocess.run(
        [sys.executable, "-X", "dev", "-c", textwrap.dedent(LEAK)], capture_output=True, text=True, check=False
    )

    assert done.stdout.splitlines() == ["initialized", "initialized", "end of the program", "disposed", "disposed"]
    assert "ResourceWarning" in done.stderr
    assert "Remote" in done.stderr
    assert "First" not in done.stderr
    assert done.returncode == 0


RUN = """
import asyncio
from tenure.compat.injectq import InjectQ, resource

@resource
class Remote:
    async def initialize(self):
        print("initialized")

    async def dispose(self):
        await asyncio.sleep(0)
        print("disposed")

container = InjectQ()
asyncio.run(container.aget(Remote))
print("end of the program")
"""


def test_the_end_of_asyncio_run_closes_what_was_opened_in_it():
    """The loop is the last one that can."""
    done = subprocess.run(
        [sys.executable, "-X", "dev", "-c", textwrap.dedent(RUN)], capture_output=True, text=True, check=False
    )

    assert done.stdout.splitlines() == ["initialized", "disposed", "end of the program"]
    assert complaints(done.stderr) == ""
    assert done.returncode == 0
