"""Resource pool pattern: a generic pool on asyncio.Queue, made by hand, bound as an instance and never fetched."""

import asyncio

import pytest
from document_support import USERS, Connection, Watch

from tenure.compat.injectq import InjectQ, resource

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.parametrize("anyio_backend", ["asyncio"]),  # asyncio.Queue and asyncio.Lock
    pytest.mark.usefixtures("connections"),
]


class DatabasePool:
    """The name that the application asks for."""


PATH = ":memory:"


async def create_connection():
    return await Connection.open(PATH)


# The document's program.


@resource
class GenericResourcePool:
    """Generic resource pool for any type of resource."""

    def __init__(self, factory, max_size: int = 10):
        self.factory = factory
        self.max_size = max_size
        self.available = asyncio.Queue(maxsize=max_size)
        self.in_use = set()
        self.lock = asyncio.Lock()

    async def initialize(self):
        """Pre-populate the pool."""
        for _ in range(self.max_size):
            resource = await self.factory()
            await self.available.put(resource)
        print(f"Resource pool initialized with {self.max_size} resources")

    async def dispose(self):
        """Clean up all resources."""
        async with self.lock:
            # Close available resources
            while not self.available.empty():
                resource = await self.available.get()
                await self.cleanup_resource(resource)

            # Close in-use resources
            for resource in self.in_use:
                await self.cleanup_resource(resource)

            self.in_use.clear()

    async def acquire(self):
        """Acquire a resource from the pool."""
        resource = await self.available.get()

        async with self.lock:
            self.in_use.add(resource)

        return PooledResource(resource, self)

    async def release(self, resource):  # Mended: the document has `async with` in a plain function.
        """Release a resource back to the pool."""
        async with self.lock:
            if resource in self.in_use:
                self.in_use.remove(resource)
                self.available.put_nowait(resource)

    async def cleanup_resource(self, resource):
        """Clean up a single resource."""
        if hasattr(resource, "close"):
            await resource.close()
        elif hasattr(resource, "dispose"):
            await resource.dispose()


class PooledResource:
    """Wrapper for pooled resources."""

    def __init__(self, resource, pool: GenericResourcePool):
        self.resource = resource
        self.pool = pool

    async def __aenter__(self):
        return self.resource

    async def __aexit__(self, exc_type, exc_val, exc_tb):
        await self.pool.release(self.resource)  # Mended: awaited, as above.


# Usage
async def create_database_connection():
    # Factory function for database connections
    return await create_connection()


async def use_pooled_resources(container):
    # Create pool of database connections
    pool = GenericResourcePool(create_database_connection, max_size=5)
    container.bind(DatabasePool, pool)

    async with container.resource_scope():
        async with pool.acquire() as conn:
            result = await conn.execute("SELECT * FROM users")
            return result


# What holds of it.


ONCE = ["Opened DatabasePool", "Closed DatabasePool"]


@pytest.fixture(autouse=True)
def path(monkeypatch, database):
    monkeypatch.setitem(globals(), "PATH", database)


@pytest.fixture
def container():
    return InjectQ()


@pytest.fixture
def pool(container):
    pool = GenericResourcePool(create_database_connection, max_size=3)
    container.bind(DatabasePool, pool)
    return pool


async def test_the_program_queries_through_its_pool(container, connections, capsys):
    """Nobody fetched the pool: its first use in the scope opens it."""
    watch = Watch(container)

    assert await use_pooled_resources(container) == USERS
    assert watch.acts == ONCE
    assert len(connections) == 5
    assert capsys.readouterr().out == "Resource pool initialized with 5 resources\n"


async def test_it_is_never_opened_without_use(container, pool, connections):
    """Binding is not using, nor is getting."""
    async with container.resource_scope():
        assert container.get(DatabasePool) is pool

    assert connections == []


async def test_what_is_in_use_is_closed_with_the_pool(container, pool, connections):
    """A connection that nobody gave back as well; `connections` sees that each one is closed once."""
    async with container.resource_scope():
        await pool.acquire()

    assert len(connections) == 3


async def test_waiting_for_a_free_one(container, pool):
    """More users than connections: each one waits its turn."""
    results = []

    async def use():
        async with pool.acquire() as conn:
            assert len(pool.in_use) <= 3
            results.append(await conn.execute("SELECT * FROM users"))

    async with container.resource_scope(), asyncio.TaskGroup() as tasks:
        for _ in range(20):
            tasks.create_task(use())

    assert results == [USERS] * 20
    assert pool.available.empty()


async def test_overlapping_scopes_do_not_close_it_under_each_other(container, pool):
    """It is closed when the last scope that used it is left."""
    watch = Watch(container)
    first_left, second_in = asyncio.Event(), asyncio.Event()

    async def first():
        async with container.resource_scope():
            async with pool.acquire():
                await second_in.wait()
        first_left.set()

    async def second():
        async with container.resource_scope(), pool.acquire() as conn:
            second_in.set()
            await first_left.wait()
            assert await conn.execute("SELECT * FROM users") == USERS

    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(first())
        tasks.create_task(second())

    assert watch.acts == ONCE


async def test_a_cancelled_user_gives_its_connection_back(container, pool, connections):
    """On the way out of `async with pool.acquire()`."""
    async with container.resource_scope():
        got = asyncio.Event()

        async def use():
            async with pool.acquire():
                got.set()
                await asyncio.Event().wait()

        task = asyncio.create_task(use())
        await got.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert pool.available.full()
    assert len(connections) == 3


async def test_a_half_filled_pool_is_the_factorys_error(container, monkeypatch):
    """An opening that raises owes nothing: what it had made is its own to clean up, as with any `initialize`."""
    error = OSError("too many clients")

    async def refuse():
        raise error

    pool = GenericResourcePool(refuse, max_size=2)
    container.bind(DatabasePool, pool)
    watch = Watch(container)

    with pytest.raises(OSError, match="too many clients") as caught:
        async with container.resource_scope():
            await pool.acquire()
    assert caught.value is error
    assert watch.acts == ["OpenFailed DatabasePool"]


async def test_the_next_scope_fills_it_again(container, pool, connections):
    """With new connections."""
    for _ in range(2):
        async with container.resource_scope(), pool.acquire() as conn:
            assert conn.is_open

    assert len(connections) == 6
