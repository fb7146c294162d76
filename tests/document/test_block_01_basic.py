"""Basic resource pattern: opened by its first awaited call, closed when the scope is left."""

import pickle
import threading

import aiosqlite
import anyio
import pytest
from document_support import USERS, Connection, Watch

from tenure.compat.injectq import InjectQ, resource
from tenure.errors import AsyncInSyncError, ContainerClosedError

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("connections")]


class DatabaseConfig:
    path = ":memory:"


async def create_database_connection(config):
    return await Connection.open(config.path)


# The document's program.


@resource
class DatabaseConnection:
    """Database connection with automatic lifecycle management."""

    def __init__(self, config: DatabaseConfig):
        self.config = config
        self.connection = None
        self.is_initialized = False

    async def initialize(self):
        """Initialize the resource."""
        if not self.is_initialized:
            self.connection = await create_database_connection(self.config)
            self.is_initialized = True
            print(f"Database connection initialized: {id(self.connection)}")

    async def dispose(self):
        """Clean up the resource."""
        if self.connection and self.is_initialized:
            await self.connection.close()
            self.is_initialized = False
            print(f"Database connection disposed: {id(self.connection)}")

    async def execute_query(self, query: str):
        """Use the resource."""
        if not self.is_initialized:
            await self.initialize()
        return await self.connection.execute(query)


# Usage
async def main():
    container = InjectQ()
    container.bind(DatabaseConnection, DatabaseConnection(DatabaseConfig()))

    async with container.resource_scope():
        db = container.get(DatabaseConnection)

        # Resource automatically initialized
        result = await db.execute_query("SELECT * FROM users")
        print(f"Query result: {result}")

    # Resource automatically disposed


# What holds of it.


class Boom(Exception):
    pass


@pytest.fixture(autouse=True)
def config(monkeypatch, database):
    monkeypatch.setattr(DatabaseConfig, "path", database)


@pytest.fixture
def db():
    """The instance that is bound."""
    return DatabaseConnection(DatabaseConfig())


@pytest.fixture
def container(db):
    container = InjectQ()
    container.bind(DatabaseConnection, db)
    return container


QUERY = "SELECT * FROM users"
ONCE = ["Opened DatabaseConnection", "Closed DatabaseConnection"]


async def test_the_program_prints_what_it_says(capsys, connections):
    """Initialized, used, disposed, in that order."""
    await main()

    [connection] = connections
    assert capsys.readouterr().out.splitlines() == [
        f"Database connection initialized: {id(connection)}",
        f"Query result: {USERS}",
        f"Database connection disposed: {id(connection)}",
    ]


async def test_get_gives_the_bound_object_and_opens_nothing(container, db, connections):
    """Getting is not using."""
    async with container.resource_scope():
        assert container.get(DatabaseConnection) is db
        assert connections == []


async def test_the_first_awaited_call_opens(container, db):
    """It is open from then on, to the end of the scope."""
    async with container.resource_scope():
        assert not db.is_initialized
        assert await db.execute_query(QUERY) == USERS
        assert db.is_initialized
        assert await db.execute_query(QUERY) == USERS

    assert not db.is_initialized


async def test_it_is_opened_and_closed_once(container, connections):
    """However often it is got and used; `connections` sees to the closing."""
    watch = Watch(container)
    async with container.resource_scope():
        for _ in range(3):
            await container.get(DatabaseConnection).execute_query(QUERY)

    assert watch.acts == ONCE
    assert len(connections) == 1


async def test_what_is_never_used_is_never_opened(container, connections):
    """Neither got nor used, or got and not used."""
    watch = Watch(container)
    async with container.resource_scope():
        pass
    async with container.resource_scope():
        container.get(DatabaseConnection)

    assert watch.acts == []
    assert connections == []


async def test_aget_gives_it_open(container, db):
    """`await aget` is the other way: no call has to come first."""
    async with container.resource_scope():
        assert await container.aget(DatabaseConnection) is db
        assert db.is_initialized
    assert not db.is_initialized


async def test_it_is_closed_on_an_exception(container, db, connections):
    """The exception leaves as itself."""
    error = Boom()
    with pytest.raises(Boom) as caught:
        async with container.resource_scope():
            await db.execute_query(QUERY)
            raise error

    assert caught.value is error
    assert not connections[0].is_open


async def test_it_is_closed_on_cancellation(container, db, connections):
    """The closing runs to its end, await and all."""
    with anyio.CancelScope() as cancellation:
        async with container.resource_scope():
            await db.execute_query(QUERY)
            cancellation.cancel()
            await anyio.sleep_forever()

    assert cancellation.cancelled_caught
    assert not connections[0].is_open
    assert not db.is_initialized


async def test_it_is_closed_on_return(container, db, connections):
    """From inside the scope."""

    async def query():
        async with container.resource_scope():
            return await db.execute_query(QUERY)

    assert await query() == USERS
    assert not connections[0].is_open


async def test_an_error_of_the_query_is_the_callers(container, db):
    """It passes through unwrapped; the resource is closed behind it."""
    with pytest.raises(Exception, match="no such table: nowhere") as caught:
        async with container.resource_scope():
            await db.execute_query("SELECT * FROM nowhere")

    assert type(caught.value).__name__ == "OperationalError"


async def test_use_after_the_scope_opens_again(container, db, connections):
    """One object, several lives: each opened and closed once."""
    watch = Watch(container)
    for _ in range(3):
        async with container.resource_scope():
            assert await db.execute_query(QUERY) == USERS

    assert watch.acts == ONCE * 3
    assert len(connections) == 3


async def test_use_outside_any_scope_belongs_to_the_container(container, db, connections):
    """It stays open until the container is closed."""
    assert await db.execute_query(QUERY) == USERS
    assert connections[0].is_open

    await container.aclose()
    assert not connections[0].is_open


async def test_what_the_container_holds_is_not_closed_by_a_scope(container, db, connections):
    """An outer holder is the owner."""
    await db.execute_query(QUERY)
    async with container.resource_scope():
        await container.get(DatabaseConnection).execute_query(QUERY)

    assert connections[0].is_open
    await container.aclose()
    assert len(connections) == 1


async def test_a_closed_container_opens_nothing(container, db, connections):
    """It refuses, and says what it is."""
    await container.aclose()

    with pytest.raises(ContainerClosedError, match="the container is closed"):
        container.get(DatabaseConnection)
    assert connections == []


async def test_a_hundred_first_uses_open_once(container, db, connections):
    """All of them get an answer."""
    answers = []

    async def use():
        answers.append(await db.execute_query(QUERY))

    async with container.resource_scope(), anyio.create_task_group() as tasks:
        for _ in range(100):
            tasks.start_soon(use)

    assert answers == [USERS] * 100
    assert len(connections) == 1


async def test_one_of_many_first_users_can_leave(container, db, connections, monkeypatch):
    """A user that is cancelled while it waits for the opening harms nobody else."""
    may_open, opening = anyio.Event(), anyio.Event()
    create = Connection.open

    async def slowly(path):
        opening.set()
        await may_open.wait()
        return await create(path)

    monkeypatch.setattr(Connection, "open", slowly)
    answers = []

    async def use(leaving):
        with leaving:
            answers.append(await db.execute_query(QUERY))

    async with container.resource_scope(), anyio.create_task_group() as tasks:
        first, second = anyio.CancelScope(), anyio.CancelScope()
        tasks.start_soon(use, first)
        await opening.wait()
        tasks.start_soon(use, second)
        await anyio.wait_all_tasks_blocked()
        first.cancel()
        await anyio.wait_all_tasks_blocked()
        may_open.set()

    assert answers == [USERS]
    assert len(connections) == 1


async def test_a_class_instead_of_an_instance(connections):
    """Bound as a class, each scope has an object of its own, made from what it needs."""
    container = InjectQ()
    container.bind(DatabaseConfig)
    container.bind(DatabaseConnection)
    seen = []
    for _ in range(2):
        async with container.resource_scope():
            db = container.get(DatabaseConnection)
            assert container.get(DatabaseConnection) is db
            assert isinstance(db.config, DatabaseConfig)
            assert await db.execute_query(QUERY) == USERS
            seen.append(db)

    assert seen[0] is not seen[1]
    assert len(connections) == 2


async def test_in_a_plain_scope_it_is_refused_before_anything_happens(container, connections):
    """A scope that cannot await could not close it: the error says what does."""
    watch = Watch(container)
    with container.resource_scope():
        with pytest.raises(AsyncInSyncError) as caught:
            container.get(DatabaseConnection)

    text = str(caught.value)
    assert "DatabaseConnection" in text
    assert "async with" in text
    assert watch.acts == []
    assert connections == []


async def test_without_a_container_the_class_is_as_it_was_written(connections):
    """The decorator changes nothing for an object that no container manages."""
    db = DatabaseConnection(DatabaseConfig())
    assert await db.execute_query(QUERY) == USERS  # its own `initialize`
    assert len(connections) == 1
    await db.initialize()  # its own guard
    assert len(connections) == 1

    await db.dispose()
    assert not connections[0].is_open
    with pytest.raises(TypeError):
        DatabaseConnection()


async def test_the_decorator_returns_the_class():
    """`isinstance`, names, annotations and pickling hold."""
    copy = pickle.loads(pickle.dumps(DatabaseConnection(None)))

    assert type(copy) is DatabaseConnection
    assert DatabaseConnection.__name__ == "DatabaseConnection"
    assert DatabaseConnection.__doc__ == "Database connection with automatic lifecycle management."
    assert DatabaseConnection.__init__.__annotations__ == {"config": DatabaseConfig}
    assert DatabaseConnection.execute_query.__doc__ == "Use the resource."


async def test_a_managed_object_is_not_changed(container, db):
    """What the user sees in `vars` and as its type is the user's."""
    async with container.resource_scope():
        await db.execute_query(QUERY)

        assert set(vars(db)) == {"config", "connection", "is_initialized"}
        assert type(db) is DatabaseConnection


@pytest.mark.parametrize("anyio_backend", ["asyncio"])
async def test_with_aiosqlite(container, db, monkeypatch):
    """A driver with a thread of its own: the thread is there while the connection is open, and gone afterwards."""

    async def connect(config):
        return await aiosqlite.connect(config.path)

    monkeypatch.setitem(globals(), "create_database_connection", connect)
    n_threads = threading.active_count()
    async with container.resource_scope():
        cursor = await db.execute_query(QUERY)
        assert list(await cursor.fetchall()) == USERS
        await cursor.close()
        assert threading.active_count() == n_threads + 1

    with pytest.raises(ValueError, match="no active connection"):
        await db.connection.execute(QUERY)


async def test_a_container_gives_itself(container):
    """For its own type."""
    assert container.get(InjectQ) is container


async def test_get_all_resources_opens_nothing(container, db, connections):
    """It tells what is open, by class."""
    assert container.get_all_resources() == {}
    async with container.resource_scope():
        assert container.get_all_resources() == {}
        await db.execute_query(QUERY)
        assert container.get_all_resources() == {DatabaseConnection: db}
    assert container.get_all_resources() == {}
    assert len(connections) == 1
