"""Asynchronous and synchronous resources in one container."""

import anyio
import pytest

from tenure import containers, providers

pytestmark = pytest.mark.anyio


# The document's programs.


async def init_async_connection():
    await anyio.lowlevel.checkpoint()
    print("open 1")
    yield "connection 1"
    await anyio.lowlevel.checkpoint()
    print("close 1")


def init_sync_connection():
    print("open 2")
    yield "connection 2"
    print("close 2")


class Container(containers.DeclarativeContainer):
    connection = providers.Resource(init_async_connection)


async def main():
    container = Container()
    connection = await container.connection()
    connection = await container.connection.init()
    connection = await container.connection.shutdown()
    return connection  # noqa: RET504 - as printed


class MixedContainer(containers.DeclarativeContainer):
    connection1 = providers.Resource(init_async_connection)

    connection2 = providers.Resource(init_sync_connection)


async def mixed_main():
    container = MixedContainer()
    await container.init_resources()
    await container.shutdown_resources()


# What holds of them.


async def test_one_by_one(lines):
    """Opened once, closed once; `shutdown` gives nothing."""
    assert await main() is None
    assert lines() == ["open 1", "close 1"]


async def test_both(lines):
    """Each is opened and closed once."""
    await mixed_main()

    printed = lines()
    assert sorted(printed[:2]) == ["open 1", "open 2"]
    assert sorted(printed[2:]) == ["close 1", "close 2"]


async def test_the_synchronous_one_is_had_at_once():
    """The other is awaited."""
    container = MixedContainer()
    await container.init_resources()

    assert container.connection2() == "connection 2"
    assert await container.connection1() == "connection 1"
    await container.shutdown_resources()


async def test_synchronous_resources_alone_may_be_awaited(lines):
    """Nothing waits, and `await` does no harm."""
    container = containers.DynamicContainer()
    container.connection = providers.Resource(init_sync_connection)
    await container.init_resources()
    await container.shutdown_resources()
    container.init_resources()
    container.shutdown_resources()

    assert lines() == ["open 2", "close 2"] * 2


@pytest.mark.parametrize("run", [main, mixed_main])
def test_as_a_program(run, lines):
    """Run by `asyncio.run`, as printed."""
    import asyncio

    asyncio.run(run())
    assert "close 1" in lines()
