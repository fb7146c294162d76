"""
Resource decorator pattern: `managed_resource(initialize_func=..., dispose_func=...)`.

Mended: the document writes the decorator out, with an `async def __init__` that Python cannot call; Tenure has the real
one under the same name.
"""

import sqlite3
from types import SimpleNamespace

import anyio
import anyio.lowlevel
import pytest
from document_support import Watch

from tenure.compat.injectq import InjectQ, managed_resource

pytestmark = pytest.mark.anyio


class RedisConfig:
    url = ":memory:"


class Store:
    """Keys and values in an SQLite file, behind `await`; closed without, as in the document."""

    def __init__(self, path):
        self.raw = sqlite3.connect(path, isolation_level=None)
        self.n_closed = 0

    async def get(self, key):
        await anyio.lowlevel.checkpoint()
        row = self.raw.execute("SELECT value FROM cache WHERE key = ?", (key,)).fetchone()
        return row and row[0]

    async def set(self, key, value):
        await anyio.lowlevel.checkpoint()
        self.raw.execute("INSERT OR REPLACE INTO cache VALUES (?, ?)", (key, value))

    def close(self):
        self.n_closed += 1
        self.raw.close()


async def create_connection(url):
    await anyio.lowlevel.checkpoint()
    return Store(url)


redis = SimpleNamespace(create_connection=create_connection)


# The document's program.


# Usage
@managed_resource(initialize_func=lambda self: self.connect(), dispose_func=lambda self: self.disconnect())
class RedisClient:
    def __init__(self, config: RedisConfig):
        self.config = config
        self.connection = None

    async def connect(self):
        self.connection = await redis.create_connection(self.config.url)

    async def disconnect(self):
        if self.connection:
            self.connection.close()

    async def get(self, key: str):
        return await self.connection.get(key)

    async def set(self, key: str, value: str):
        return await self.connection.set(key, value)


# Automatic resource management
async def use_redis(container):
    redis_client = container.get(RedisClient)

    async with container.resource_scope():
        await redis_client.set("key", "value")
        result = await redis_client.get("key")
        return result


# What holds of it.


ONCE = ["Opened RedisClient", "Closed RedisClient"]


@pytest.fixture(autouse=True)
def config(monkeypatch, database):
    monkeypatch.setattr(RedisConfig, "url", database)


@pytest.fixture(params=["instance", "class"])
def container(request):
    container = InjectQ()
    container.bind(RedisConfig)
    container.bind(RedisClient, RedisClient(RedisConfig()) if request.param == "instance" else RedisClient)
    return container


async def test_the_program_connects_and_disconnects_once(container):
    """Got before the scope, connected by its first awaited call in it."""
    watch = Watch(container)
    client = container.get(RedisClient)

    assert await use_redis(container) == "value"
    assert client.connection.n_closed == 1
    assert watch.acts == ONCE


async def test_disconnected_on_an_exception_and_on_cancellation(container):
    """Whatever ends the scope."""
    client = container.get(RedisClient)
    with pytest.raises(LookupError):
        async with container.resource_scope():
            await client.set("key", "value")
            raise LookupError
    assert client.connection.n_closed == 1

    with anyio.CancelScope() as cancellation:
        async with container.resource_scope():
            await client.set("key", "value")
            cancellation.cancel()
            await anyio.sleep_forever()
    assert client.connection.n_closed == 1


async def test_what_is_never_used_is_never_connected(container):
    """Getting is not using."""
    async with container.resource_scope():
        assert container.get(RedisClient).connection is None


async def test_a_failed_connection_is_the_callers_error_and_is_tried_again(container, monkeypatch):
    """Nothing is owed for it, and a failure is not kept."""
    error = ConnectionRefusedError("no server")

    async def refuse(url):
        raise error

    client = container.get(RedisClient)
    async with container.resource_scope():
        with monkeypatch.context() as patch:
            patch.setattr(redis, "create_connection", refuse)
            with pytest.raises(ConnectionRefusedError) as caught:
                await client.get("key")
            assert caught.value is error
        assert await client.get("key") is None

    assert client.connection.n_closed == 1


async def test_the_class_stays_what_it_is():
    """It is made as before; without a container nothing is done to it."""
    client = RedisClient(RedisConfig())
    await client.connect()
    await client.set("key", "value")
    assert await client.get("key") == "value"
    await client.disconnect()

    assert client.connection.n_closed == 1
    assert RedisClient.__name__ == "RedisClient"


async def test_either_function_may_be_missing(database):
    """Only something to do at the end, here given a plain function."""

    @managed_resource(dispose_func=lambda self: self.log.append("disposed"))
    class Ends:
        def __init__(self):
            self.log = []

    container = InjectQ()
    async with container.resource_scope():
        ends = container.get(Ends)
        assert ends.log == []
    assert ends.log == ["disposed"]


def test_plain_functions_need_no_loop():
    """A managed class whose functions are plain is a plain resource."""

    @managed_resource(
        initialize_func=lambda self: self.log.append("up"), dispose_func=lambda self: self.log.append("down")
    )
    class Plain:
        def __init__(self):
            self.log = []

    container = InjectQ()
    with container.resource_scope():
        plain = container.get(Plain)
        assert plain.log == ["up"]
    assert plain.log == ["up", "down"]
