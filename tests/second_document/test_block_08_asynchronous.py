"""Asynchronous initializers: functions, context managers, generators, subclasses."""

from contextlib import asynccontextmanager

import anyio
import pytest

from tenure import containers, providers, resources

pytestmark = pytest.mark.anyio


class Connection:
    def __init__(self, *arguments):
        self.arguments = arguments
        self.is_open = True

    async def close(self):
        await anyio.lowlevel.checkpoint()
        self.is_open = False


async def connect(*arguments):
    await anyio.lowlevel.checkpoint()
    return Connection(*arguments)


# The document's programs.


async def init_async_resource(argument1=..., argument2=...):
    return await connect(argument1, argument2)


class FunctionContainer(containers.DeclarativeContainer):
    resource = providers.Resource(
        init_async_resource,
        argument1=...,
        argument2=...,
    )


@asynccontextmanager
async def init_async_context(argument1=..., argument2=...):
    connection = await connect(argument1, argument2)
    yield connection
    await connection.close()


class ContextContainer(containers.DeclarativeContainer):
    resource = providers.Resource(
        init_async_context,
        argument1=...,
        argument2=...,
    )


async def init_async_generator(argument1=..., argument2=...):
    connection = await connect(argument1, argument2)
    yield connection
    await connection.close()


class GeneratorContainer(containers.DeclarativeContainer):
    resource = providers.Resource(
        init_async_generator,
        argument1=...,
        argument2=...,
    )


class AsyncConnection(resources.AsyncResource):
    async def init(self, argument1=..., argument2=...):
        yield await connect(argument1, argument2)  # as printed; `return` works as well

    async def shutdown(self, connection):
        await connection.close()


class SubclassContainer(containers.DeclarativeContainer):
    resource = providers.Resource(
        AsyncConnection,
        argument1=...,
        argument2=...,
    )


class ReturningConnection(resources.AsyncResource):
    async def init(self, argument1=..., argument2=...):
        return await connect(argument1, argument2)

    async def shutdown(self, connection):
        await connection.close()


class ReturningContainer(containers.DeclarativeContainer):
    resource = providers.Resource(ReturningConnection, argument1=..., argument2=...)


async def one_by_one(container):
    connection = await container.resource()
    assert await container.resource.init() is connection
    await container.resource.shutdown()
    return connection


# What holds of them.

CLOSING = [ContextContainer, GeneratorContainer, SubclassContainer, ReturningContainer]


@pytest.mark.parametrize("cls", [FunctionContainer, *CLOSING])
async def test_the_value_is_the_connection(cls):
    """Awaited once, however often it is asked for."""
    container = cls()
    await container.init_resources()
    connection = await container.resource()

    assert type(connection) is Connection
    assert connection.arguments == (..., ...)
    assert await container.resource() is connection
    await container.shutdown_resources()


@pytest.mark.parametrize("cls", CLOSING)
async def test_it_is_closed(cls):
    """The closing half is awaited."""
    container = cls()
    await container.init_resources()
    connection = await container.resource()
    assert connection.is_open
    await container.shutdown_resources()

    assert not connection.is_open
    assert not container.resource.initialized


@pytest.mark.parametrize("cls", [FunctionContainer, *CLOSING])
async def test_call_init_and_shutdown_are_awaited(cls):
    """As the document's `main` does."""
    container = cls()
    connection = await one_by_one(container)

    assert connection.is_open is (cls is FunctionContainer)
    assert not container.resource.initialized


@pytest.mark.parametrize("cls", [FunctionContainer, *CLOSING])
async def test_many_first_users_open_once(cls):
    """All of them get the one connection."""
    container = cls()
    got = []

    async def use():
        got.append(await container.resource())

    async with anyio.create_task_group() as tasks:
        for _ in range(20):
            tasks.start_soon(use)

    assert len(got) == 20
    assert len(set(map(id, got))) == 1
    await container.shutdown_resources()
