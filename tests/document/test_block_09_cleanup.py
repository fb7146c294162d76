"""Good pattern 1, proper cleanup: the same scope with `async with` and with plain `with`."""

import sqlite3
import threading

import pytest
from document_support import USERS, Connection, Watch

from tenure.compat.injectq import InjectQ, resource
from tenure.errors import AsyncInSyncError

pytestmark = pytest.mark.usefixtures("connections")


class Config:
    path = ":memory:"


@resource
class DatabaseConnection:
    async def initialize(self):
        self.connection = await Connection.open(Config.path)

    async def dispose(self):
        await self.connection.close()

    async def users(self):
        return await self.connection.execute("SELECT * FROM users")


@resource
class CacheClient:
    async def initialize(self):
        self.connection = await Connection.open(Config.path)

    async def dispose(self):
        await self.connection.close()

    async def remember(self, value):
        await self.connection.execute("INSERT INTO cache VALUES ('users', ?)", str(value))


async def process_request(db, cache):
    users = await db.users()
    await cache.remember(users)
    return users


@resource
class Database:
    """A resource that needs no event loop."""

    def initialize(self):
        self.connection = sqlite3.connect(Config.path, check_same_thread=False)

    def dispose(self):
        self.connection.close()


class Service:
    """No resource; made from one."""

    def __init__(self, database: Database):
        self.database = database

    def process(self):
        return self.database.connection.execute("SELECT * FROM users").fetchall()


# The document's program.


# Good: Use resource scopes
async def handle_request(container):
    async with container.resource_scope():
        db = container.get(DatabaseConnection)
        cache = container.get(CacheClient)

        # Resources automatically cleaned up
        result = await process_request(db, cache)
        return result


# Good: Explicit cleanup in synchronous code
def process_sync(container):
    with container.resource_scope():
        service = container.get(Service)
        result = service.process()
        return result


# What holds of it.


@pytest.fixture(autouse=True)
def config(monkeypatch, database):
    monkeypatch.setattr(Config, "path", database)


@pytest.fixture
def container():
    return InjectQ()


@pytest.fixture
def watch(container):
    return Watch(container)


@pytest.mark.anyio
async def test_async(container, watch):
    """Unbound classes are bound to themselves; opened by use, closed last opened first."""
    assert await handle_request(container) == USERS

    assert watch.acts == [
        "Opened DatabaseConnection",
        "Opened CacheClient",
        "Closed CacheClient",
        "Closed DatabaseConnection",
    ]


@pytest.mark.anyio
async def test_each_request_has_objects_of_its_own(container):
    """An ambient resource belongs to the scope that needs it first."""
    seen = set()
    for _ in range(3):
        async with container.resource_scope():
            seen.add(container.get(DatabaseConnection))

    assert len(seen) == 3


def test_sync(container, watch):
    """What a sync service is made from is open when it is got, and closed with the scope."""
    assert process_sync(container) == USERS

    assert watch.acts == ["Opened Database", "Closed Database"]


def test_sync_is_closed_on_an_exception(container, watch):
    """The service is of no use afterwards."""
    with pytest.raises(LookupError), container.resource_scope():
        service = container.get(Service)
        raise LookupError

    assert watch.acts == ["Opened Database", "Closed Database"]
    with pytest.raises(sqlite3.ProgrammingError, match="closed database"):
        service.process()


def test_sync_nested(container, watch):
    """The inner scope uses what the outer one holds."""
    with container.resource_scope():
        outer = container.get(Database)
        with container.resource_scope():
            assert container.get(Database) is outer
        assert outer.connection.execute("SELECT 1").fetchone() == (1,)

    assert watch.acts == ["Opened Database", "Closed Database"]


def test_sync_bound_and_never_got(container, watch):
    """The first call of a method opens an object that the container knows, as with async ones."""

    @resource
    class Counter:
        def __init__(self):
            self.n_opened = 0

        def initialize(self):
            self.n_opened += 1

        def dispose(self):
            pass

        def count(self):
            return self.n_opened

    counter = Counter()
    container.bind(Counter, counter)
    for life in (1, 2):
        with container.resource_scope():
            assert counter.count() == life
            assert counter.count() == life

    assert [act.split()[0] for act in watch.acts] == ["Opened", "Closed"] * 2


def test_sync_scopes_of_several_threads_share_what_is_bound(container, watch):
    """Opened by the first of them, closed when the last one leaves."""
    database = Database()
    container.bind(Database, database)
    all_in = threading.Barrier(8)
    answers = []

    def work():
        with container.resource_scope():
            assert container.get(Database) is database
            all_in.wait()
            answers.append(container.get(Database))

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert answers == [database] * 8
    assert watch.acts == ["Opened Database", "Closed Database"]


@pytest.mark.anyio
async def test_sync_resources_live_in_async_scopes_too(container, watch):
    """The same service, in a request."""
    async with container.resource_scope():
        assert container.get(Service).process() == USERS

    assert watch.acts == ["Opened Database", "Closed Database"]


def test_async_resources_in_a_plain_scope_are_refused(container, watch, connections):
    """By name, with the way out, before anything is made."""
    with container.resource_scope():
        with pytest.raises(AsyncInSyncError, match="DatabaseConnection") as caught:
            container.get(DatabaseConnection)

    assert "async with" in str(caught.value)
    assert watch.acts == []
    assert connections == []


def test_a_service_made_from_an_async_resource_is_refused_as_well(container, watch):
    """However deep it is, and before its sync siblings are opened."""

    class Deep:
        def __init__(self, database: Database, connection: DatabaseConnection):
            raise AssertionError("made")

    class Service:
        def __init__(self, deep: Deep):
            raise AssertionError("made")

    with container.resource_scope():
        with pytest.raises(AsyncInSyncError, match="DatabaseConnection"):
            container.get(Service)

    assert watch.acts == []
