"""Resource factory pattern: classes decorated inside a function, their objects bound under other names."""

import pytest
from document_support import USERS, Connection, Watch

from tenure.compat.injectq import InjectQ, resource

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("connections")]


class DatabaseConfig:
    def __init__(self, path):
        self.path = path


CacheConfig = DatabaseConfig


class DatabasePool:
    """The name that the application asks for; nothing derives from it."""


class CacheClient:
    """The same."""


async def create_pool(config):
    return await Connection.open(config.path)


async def create_cache_client(config):
    return await Connection.open(config.path)


# The document's program.


class ResourceFactory:
    """Factory for creating different types of resources."""

    @staticmethod
    def create_database_pool(config: DatabaseConfig):
        @resource
        class DatabasePoolResource:
            def __init__(self):
                self.pool = None

            async def initialize(self):
                self.pool = await create_pool(config)

            async def dispose(self):
                if self.pool:
                    await self.pool.close()

            def get_pool(self):
                return self.pool

        return DatabasePoolResource()

    @staticmethod
    def create_cache_client(config: CacheConfig):
        @resource
        class CacheResource:
            def __init__(self):
                self.client = None

            async def initialize(self):
                self.client = await create_cache_client(config)

            async def dispose(self):
                if self.client:
                    await self.client.close()

            def get_client(self):
                return self.client

        return CacheResource()


# Usage
def setup_resources(container, db_config, cache_config):
    # Create and bind resources
    container.bind(DatabasePool, ResourceFactory.create_database_pool(db_config))
    container.bind(CacheClient, ResourceFactory.create_cache_client(cache_config))


# What holds of it.


@pytest.fixture
def container(database, tmp_path):
    container = InjectQ()
    setup_resources(container, DatabaseConfig(database), CacheConfig(tmp_path / "cache.db"))
    return container


@pytest.fixture
def watch(container):
    return Watch(container)


async def test_setting_up_opens_nothing(container, watch, connections):
    """Neither making the objects, nor binding, nor getting them."""
    async with container.resource_scope():
        assert container.get(DatabasePool).get_pool() is None
        assert container.get(CacheClient).get_client() is None

    assert watch.acts == []
    assert connections == []


async def test_aget_gives_them_open(container, watch):
    """These have no method to await, so nothing but `aget` can open them."""
    async with container.resource_scope():
        pool = await container.aget(DatabasePool)
        assert await pool.get_pool().execute("SELECT * FROM users") == USERS
        cache = await container.aget(CacheClient)
        assert await cache.get_client().execute("SELECT 1") == [(1,)]

    assert watch.acts == ["Opened DatabasePool", "Opened CacheClient", "Closed CacheClient", "Closed DatabasePool"]


async def test_once_open_get_gives_them_too(container):
    """The same object, with its connection in it."""
    async with container.resource_scope():
        pool = await container.aget(DatabasePool)
        assert container.get(DatabasePool) is pool
        assert container.get(DatabasePool).get_pool() is not None


async def test_start_opens_both(container, watch):
    """`scope.start` is for what a scope needs from its beginning."""
    async with container.resource_scope() as scope:
        await scope.start(DatabasePool, CacheClient)
        assert container.get(DatabasePool).get_pool().is_open
        assert container.get(CacheClient).get_client().is_open

    assert sorted(watch.acts[:2]) == ["Opened CacheClient", "Opened DatabasePool"]
    assert sorted(watch.acts[2:]) == ["Closed CacheClient", "Closed DatabasePool"]


async def test_one_object_under_two_names_is_one_resource(database, connections):
    """Whichever name it is asked for by, it is opened once, and closed when the last scope that uses it is left."""
    pool = ResourceFactory.create_database_pool(DatabaseConfig(database))
    container = InjectQ()
    container.bind(DatabasePool, pool)
    container.bind(type(pool), pool)
    async with container.resource_scope():
        assert await container.aget(DatabasePool) is pool
        async with container.resource_scope():
            assert await container.aget(type(pool)) is pool
        assert pool.get_pool().is_open

    assert len(connections) == 1


async def test_two_containers_do_not_share(database, tmp_path, connections):
    """Each call of the factory makes a class of its own."""
    first, second = InjectQ(), InjectQ()
    for container in (first, second):
        setup_resources(container, DatabaseConfig(database), CacheConfig(tmp_path / "cache.db"))

    async with first.resource_scope(), second.resource_scope():
        assert await first.aget(DatabasePool) is not await second.aget(DatabasePool)
    assert len(connections) == 2


async def test_the_next_scope_opens_them_again(container, connections):
    """Bound objects have as many lives as scopes that use them."""
    for _ in range(2):
        async with container.resource_scope():
            pool = await container.aget(DatabasePool)
            assert pool.get_pool().is_open

    assert len(connections) == 2


async def test_all_resources_are_told_by_what_they_are_asked_for(container):
    """And only while they are open."""
    async with container.resource_scope():
        pool = await container.aget(DatabasePool)
        assert container.get_all_resources() == {DatabasePool: pool}
    assert container.get_all_resources() == {}
