"""Connection pool resources: got before the scope, and `async with` on what a coroutine method gives."""

import asyncio
from collections.abc import Coroutine

import anyio
import pytest
import trio
from document_support import USERS, Connection, Watch

from tenure.compat.injectq import InjectQ, ResourceExhaustedError, resource

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("connections")]


class DatabaseConfig:
    host, port, database = "localhost", 5432, ":memory:"
    min_connections, max_connections = 1, 2


class RawPool:
    """What a driver offers: connections that are handed out and taken back."""

    def __init__(self, path, max_size):
        self.path, self.max_size, self.free, self.n_made = path, max_size, [], 0

    async def acquire(self):
        if not self.free:
            assert self.n_made < self.max_size, "a connection was never given back"
            self.n_made += 1
            return await Connection.open(self.path)
        return self.free.pop()

    def release(self, connection):
        self.free.append(connection)

    async def close(self):
        assert len(self.free) == self.n_made, "closed while a connection was in use"
        for connection in self.free:
            await connection.close()


async def create_connection_pool(*, host, port, database, min_size, max_size):
    pool = RawPool(database, max_size)
    for _ in range(min_size):
        pool.release(await pool.acquire())
    return pool


# The document's program.


@resource
class DatabasePool:
    """Database connection pool with resource management."""

    def __init__(self, config: DatabaseConfig):
        self.config = config
        self.pool = None
        self.active_connections = 0
        self.max_connections = config.max_connections

    async def initialize(self):
        """Initialize the connection pool."""
        self.pool = await create_connection_pool(
            host=self.config.host,
            port=self.config.port,
            database=self.config.database,
            min_size=self.config.min_connections,
            max_size=self.config.max_connections,
        )
        print(f"Database pool initialized with {self.max_connections} max connections")

    async def dispose(self):
        """Close all connections in the pool."""
        if self.pool:
            await self.pool.close()
            print("Database pool disposed")

    async def acquire_connection(self):
        """Acquire a connection from the pool."""
        if not self.pool:
            await self.initialize()

        if self.active_connections >= self.max_connections:
            raise ResourceExhaustedError("No available connections")

        connection = await self.pool.acquire()
        self.active_connections += 1

        # Return connection with automatic release
        return ConnectionWrapper(connection, self)

    def release_connection(self, connection):
        """Release a connection back to the pool."""
        if hasattr(connection, "_raw_connection"):
            self.pool.release(connection._raw_connection)
        self.active_connections -= 1


class ConnectionWrapper:
    """Wrapper that automatically releases connection."""

    def __init__(self, connection, pool: DatabasePool):
        self._connection = connection
        self._raw_connection = connection  # Mended: `release_connection` looks for this name.
        self._pool = pool

    async def __aenter__(self):
        return self._connection

    async def __aexit__(self, exc_type, exc_val, exc_tb):
        self._pool.release_connection(self)


# Usage
async def query_with_pool(container):
    pool = container.get(DatabasePool)

    async with container.resource_scope():
        async with pool.acquire_connection() as conn:
            result = await conn.execute("SELECT * FROM users")
            return result


# What holds of it.


ONCE = ["Opened DatabasePool", "Closed DatabasePool"]


@pytest.fixture(autouse=True)
def config(monkeypatch, database):
    monkeypatch.setattr(DatabaseConfig, "database", database)


@pytest.fixture
def pool():
    return DatabasePool(DatabaseConfig())


@pytest.fixture
def container(pool):
    container = InjectQ()
    container.bind(DatabasePool, pool)
    return container


@pytest.fixture
def watch(container):
    return Watch(container)


async def test_the_program_queries_and_leaves_nothing_open(container, watch, capsys):
    """Got before the scope, opened in it, closed with it."""
    assert await query_with_pool(container) == USERS

    assert watch.acts == ONCE
    assert capsys.readouterr().out.splitlines() == [
        "Database pool initialized with 2 max connections",
        "Database pool disposed",
    ]


async def test_got_before_the_scope_as_a_class():
    """An object that was got where no scope was open is opened by the scope that uses it first, and closed by it."""
    container = InjectQ()
    container.bind(DatabaseConfig)
    container.bind(DatabasePool)
    watch = Watch(container)

    assert await query_with_pool(container) == USERS
    assert watch.acts == ONCE


async def test_async_with_on_the_awaited_call(container, pool, watch):
    """`async with await call()` is the same as `async with call()`."""
    async with container.resource_scope():
        async with await pool.acquire_connection() as conn:
            assert await conn.execute("SELECT * FROM users") == USERS
        assert pool.active_connections == 0

    assert watch.acts == ONCE


async def test_async_with_gives_the_error_to_the_connection_and_to_the_caller(container, pool):
    """The connection goes back to its pool and the error out."""
    async with container.resource_scope():
        with pytest.raises(LookupError):
            async with pool.acquire_connection():
                assert pool.active_connections == 1
                raise LookupError
        assert pool.active_connections == 0


async def test_an_instance_that_was_never_got_is_opened_by_its_first_use(container, pool, watch):
    """The container knows the object, from wherever it is used."""
    async with container.resource_scope():
        async with pool.acquire_connection() as conn:
            assert await conn.execute("SELECT * FROM users") == USERS
        assert watch.acts == ["Opened DatabasePool"]

    assert watch.acts == ONCE


async def test_overlapping_scopes_share_the_pool(container, pool, watch, connections):
    """The first one to leave does not close it under the other, the last one does."""
    first_has_left, second_is_in = anyio.Event(), anyio.Event()

    async def first():
        async with container.resource_scope():
            async with pool.acquire_connection() as conn:
                await conn.execute("SELECT 1")
            await second_is_in.wait()
        first_has_left.set()

    async def second():
        async with container.resource_scope():
            async with pool.acquire_connection() as conn:
                second_is_in.set()
                await first_has_left.wait()
                assert watch.acts == ["Opened DatabasePool"]
                assert await conn.execute("SELECT * FROM users") == USERS

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(first)
        tasks.start_soon(second)

    assert watch.acts == ONCE


async def test_a_scope_that_only_looks_on_holds_nothing(container, pool, watch):
    """A scope that neither got nor used the pool does not keep it open."""
    async with container.resource_scope():
        inner_done, outer_done = anyio.Event(), anyio.Event()

        async def other():
            async with container.resource_scope():
                async with pool.acquire_connection():
                    pass
            inner_done.set()
            await outer_done.wait()

        async with anyio.create_task_group() as tasks:
            tasks.start_soon(other)
            await inner_done.wait()
            assert watch.acts == ONCE
            outer_done.set()


async def test_many_requests_open_the_pool_once(container, watch, monkeypatch):
    """As many as there are connections, at the same time."""
    monkeypatch.setattr(DatabaseConfig, "max_connections", 100)
    pool = DatabasePool(DatabaseConfig())
    container = InjectQ()
    container.bind(DatabasePool, pool)
    watch = Watch(container)
    answers, all_in = [], anyio.Event()

    async def request():
        async with container.resource_scope():
            async with pool.acquire_connection() as conn:
                answers.append(await conn.execute("SELECT * FROM users"))
                if len(answers) == 100:
                    all_in.set()
                await all_in.wait()

    async with anyio.create_task_group() as tasks:
        for _ in range(100):
            tasks.start_soon(request)

    assert answers == [USERS] * 100
    assert watch.acts == ONCE


async def test_the_next_scope_opens_the_pool_again(container, watch, connections):
    """Re-use after disposal is a new life, with new connections."""
    assert await query_with_pool(container) == USERS
    assert await query_with_pool(container) == USERS

    assert watch.acts == ONCE * 2
    assert len(connections) == 2


async def test_exhaustion_is_the_users_error(container, pool, watch):
    """It passes through as it was raised, and the pool is closed behind it."""
    with pytest.raises(ResourceExhaustedError, match="No available connections") as caught:
        async with container.resource_scope():
            async with pool.acquire_connection(), pool.acquire_connection():
                await pool.acquire_connection()

    assert caught.value.args == ("No available connections",)
    assert watch.acts == ONCE


async def test_a_call_is_a_coroutine(container, pool, watch):
    """It can be given to whatever takes one; closed before it began, it did nothing."""
    call = pool.acquire_connection()
    assert isinstance(call, Coroutine)
    call.close()

    assert watch.acts == []


async def test_a_call_can_be_a_task(container, pool, watch, connections, anyio_backend_name):
    """In trio's nursery, asyncio's task group, anyio's."""
    async with container.resource_scope():
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(pool.acquire_connection)
        if anyio_backend_name == "asyncio":
            await asyncio.create_task(pool.acquire_connection())
        else:
            async with trio.open_nursery() as nursery:
                nursery.start_soon(pool.acquire_connection)
        assert pool.active_connections == 2
        for connection in connections:
            pool.pool.release(connection)

    assert watch.acts == ONCE


async def test_cancelled_while_it_holds_a_connection(container, pool, watch):
    """The connection goes back first, then the pool is closed."""
    with anyio.CancelScope() as cancellation:
        async with container.resource_scope():
            async with pool.acquire_connection():
                cancellation.cancel()
                await anyio.sleep_forever()

    assert pool.active_connections == 0
    assert watch.acts == ONCE
