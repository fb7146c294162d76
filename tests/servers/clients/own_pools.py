"""Pools that are the client libraries' own: plain singleton resources, from which a request borrows."""

import logging
from collections.abc import AsyncIterator
from typing import Any

from tenure import Container, resource
from tests.real.running import HOST
from tests.servers.clients.client import CLOSE_S, SIZE, WAIT_S, Client
from tests.servers.clients.postgres import Asyncpg, Psycopg, Sqlalchemy, conninfo
from tests.servers.connection import Connection


class _Own(Client):
    pool = "its own"

    def __init__(self, server: Any) -> None:
        super().__init__(server)
        self.made: list[Any] = []

    def stats(self) -> None:
        return None


class AsyncpgPool(_Own):
    name, kind, world, packages, keeps = "asyncpg.Pool", "postgres", "asyncio", ("asyncpg",), True
    serve = Asyncpg.serve

    def bind(self, container: Container) -> None:
        import asyncpg

        logging.getLogger("asyncpg").setLevel(logging.CRITICAL)  # it tells of lost connections, which is the point

        @resource(scope="singleton", open_timeout=5, close_timeout=5)
        def make_pool() -> asyncpg.Pool:
            self.made.append(asyncpg.create_pool(
                host=HOST, port=self.server.port, user="app", database="postgres", ssl=False, min_size=1, max_size=SIZE,
                timeout=1.0,
            ))  # fmt: skip
            return self.made[-1]

        @resource(close_timeout=CLOSE_S)  # giving it back asks the server
        async def borrow(pool: asyncpg.Pool) -> AsyncIterator[Connection]:
            async with pool.acquire(timeout=WAIT_S) as raw:
                yield Connection(raw, raw.get_server_pid())

        container.bind(make_pool)
        container.bind(borrow, scope="request")

    def is_closed(self, pool: Any) -> bool:
        return bool(pool._closed)


class PsycopgPool(_Own):
    name, kind, world, packages = "psycopg_pool", "postgres", "asyncio", ("psycopg", "psycopg_pool")
    keeps = True
    serve = Psycopg.serve

    def bind(self, container: Container) -> None:
        from psycopg_pool import AsyncConnectionPool

        for name in ("psycopg", "psycopg.pool"):
            logging.getLogger(name).setLevel(logging.CRITICAL)

        @resource(scope="singleton", open_timeout=5, close_timeout=5)
        def make_pool() -> AsyncConnectionPool:
            self.made.append(AsyncConnectionPool(
                conninfo(self.server), min_size=1, max_size=SIZE, open=False, timeout=WAIT_S, reconnect_timeout=2.0,
                kwargs={"autocommit": True}, check=AsyncConnectionPool.check_connection,
            ))  # fmt: skip
            return self.made[-1]

        @resource(close_timeout=CLOSE_S)  # giving it back asks the server
        async def borrow(pool: AsyncConnectionPool) -> AsyncIterator[Connection]:
            async with pool.connection() as raw:
                yield Connection(raw, raw.info.backend_pid)

        container.bind(make_pool)
        container.bind(borrow, scope="request")

    def is_closed(self, pool: Any) -> bool:
        return bool(pool.closed)


class SqlalchemyEngine(_Own):
    name, kind, world, keeps = "SQLAlchemy engine", "postgres", "asyncio", True
    packages = Sqlalchemy.packages
    serve = Sqlalchemy.serve

    def bind(self, container: Container) -> None:
        from sqlalchemy import text
        from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

        @resource(scope="singleton", close_timeout=5)
        def make_engine() -> AsyncEngine:
            self.made.append(create_async_engine(
                f"postgresql+asyncpg://app@{HOST}:{self.server.port}/postgres?ssl=disable", pool_size=SIZE,
                max_overflow=0, pool_timeout=WAIT_S, pool_pre_ping=True, connect_args={"timeout": 1.0},
            ))  # fmt: skip
            return self.made[-1]

        @resource(close_timeout=CLOSE_S)  # giving it back asks the server
        async def borrow(engine: AsyncEngine) -> AsyncIterator[Connection]:
            async with engine.connect() as raw:
                identity = (await raw.execute(text("SELECT pg_backend_pid()"))).scalar()
                await raw.commit()
                yield Connection(raw, identity)

        container.bind(make_engine)
        container.bind(borrow, scope="request")

    def is_closed(self, engine: Any) -> bool:
        return bool(engine.pool.checkedin() == 0)


class RedisPool(_Own):
    name, kind, world, packages = "redis-py BlockingConnectionPool", "redis", "asyncio", ("redis",)

    def bind(self, container: Container) -> None:
        import redis.asyncio

        @resource(scope="singleton", close_timeout=5)
        def make_redis() -> redis.asyncio.Redis:
            pool = redis.asyncio.BlockingConnectionPool(
                host=HOST, port=self.server.port, max_connections=SIZE, timeout=WAIT_S, protocol=2,
                socket_timeout=1.0, socket_connect_timeout=1.0,
            )  # fmt: skip
            self.made.append(redis.asyncio.Redis.from_pool(pool))
            return self.made[-1]

        @resource(close_timeout=CLOSE_S)  # giving it back asks the server
        async def borrow(client: redis.asyncio.Redis) -> AsyncIterator[Connection]:
            async with client.client() as raw:
                yield Connection(raw, await raw.client_id())

        container.bind(make_redis)
        container.bind(borrow, scope="request")

    async def serve(self, connection: Connection, tag: str) -> Any:
        raw = connection.raw
        await raw.client_setname(tag.replace(" ", "-"))
        await raw.sadd("ledger", tag)
        name = await raw.client_getname()
        return await raw.client_id(), (name.decode() if isinstance(name, bytes) else name).replace("-", " ")

    def is_closed(self, client: Any) -> bool:
        pool = client.connection_pool
        return not any(each.is_connected for each in [*pool._available_connections, *pool._in_use_connections])
