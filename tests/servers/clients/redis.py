"""Redis: redis-py of both colours, and the protocol by hand on trio."""

import math
from collections.abc import AsyncIterator, Iterator
from typing import Any

from tenure import resource
from tests.real import wire
from tests.real.running import HOST
from tests.servers.clients.client import CLOSE_S, OPEN_S, Client
from tests.servers.connection import Connection


def options(server: Any, retry: Any) -> dict[str, Any]:
    return {"host": HOST, "port": server.port, "retry": retry, "protocol": 2}


@resource(open_timeout=OPEN_S, close_timeout=CLOSE_S)
async def connect_redis(server: Any) -> AsyncIterator[Connection]:
    from redis.asyncio import Connection as RedisConnection
    from redis.asyncio.retry import Retry
    from redis.backoff import NoBackoff

    raw = RedisConnection(**options(server, Retry(NoBackoff(), 0)))
    try:
        await raw.connect()
        connection = Connection(raw, "")
        connection.identity = str(await ask(connection, "CLIENT", "ID"))
        yield connection
    finally:
        await raw.disconnect()


async def ask(connection: Connection, *words: str) -> Any:
    if not connection.raw.is_connected:
        raise ConnectionResetError("the connection was lost")  # it would connect anew by itself
    await connection.raw.send_command(*words)
    return await connection.raw.read_response(timeout=math.inf)


async def check_redis(connection: Connection) -> bool:
    return bool(await ask(connection, "PING") == b"PONG")


class Redis(Client):
    name, kind, world, packages = "redis-py", "redis", "asyncio", ("redis",)
    connect, check = connect_redis, check_redis

    async def serve(self, connection: Connection, tag: str) -> Any:
        await ask(connection, "CLIENT", "SETNAME", tag.replace(" ", "-"))
        await ask(connection, "SADD", "ledger", tag)
        name = await ask(connection, "CLIENT", "GETNAME")
        return await ask(connection, "CLIENT", "ID"), name.decode().replace("-", " ")


class RedisUvloop(Redis):
    world, packages = "uvloop", ("redis", "uvloop")


@resource
def connect_redis_blocking(server: Any) -> Iterator[Connection]:
    import redis
    from redis.backoff import NoBackoff
    from redis.retry import Retry

    raw = redis.Connection(**options(server, Retry(NoBackoff(), 0)), socket_timeout=1.0)
    try:
        raw.connect()
        yield Connection(raw, ask_blocking(raw, "CLIENT", "ID"))
    finally:
        raw.disconnect()


def ask_blocking(raw: Any, *words: str) -> Any:
    if not raw.is_connected:
        raise ConnectionResetError("the connection was lost")
    raw.send_command(*words)
    return raw.read_response()


def check_redis_blocking(connection: Connection) -> bool:
    return bool(ask_blocking(connection.raw, "PING") == b"PONG")


class RedisThreads(Redis):
    world = "threads"
    connect, check = connect_redis_blocking, check_redis_blocking

    def serve(self, connection: Connection, tag: str) -> Any:
        ask_blocking(connection.raw, "CLIENT", "SETNAME", tag.replace(" ", "-"))
        ask_blocking(connection.raw, "SADD", "ledger", tag)
        name = ask_blocking(connection.raw, "CLIENT", "GETNAME")
        return ask_blocking(connection.raw, "CLIENT", "ID"), name.decode().replace("-", " ")


@resource(open_timeout=OPEN_S, close_timeout=CLOSE_S)
async def connect_wire(server: Any) -> AsyncIterator[Connection]:
    raw = await wire.dialled(HOST, server.port, wire.redis_ask("PING"))
    try:
        yield Connection(raw, await raw.talk(wire.redis_ask("CLIENT", "ID")))
    finally:
        raw.close()


async def check_wire(connection: Connection) -> bool:
    return bool(await connection.raw.talk(wire.redis_ask("PING")) == "PONG")


class RedisTrio(Client):
    name, kind, world, packages = "sockets", "redis", "trio", ("trio",)
    connect, check = connect_wire, check_wire

    async def serve(self, connection: Connection, tag: str) -> Any:
        talk = connection.raw.talk
        await talk(wire.redis_ask("CLIENT", "SETNAME", tag.replace(" ", "-")))
        await talk(wire.redis_ask("SADD", "ledger", tag))
        name = await talk(wire.redis_ask("CLIENT", "GETNAME"))
        return await talk(wire.redis_ask("CLIENT", "ID")), name.replace("-", " ")
