"""PostgreSQL: asyncpg, psycopg of both colours, SQLAlchemy on asyncio."""

import logging
from collections.abc import AsyncIterator, Iterator
from typing import Any

from tenure import resource
from tests.real.running import HOST
from tests.servers.clients.client import CLOSE_S, OPEN_S, Client
from tests.servers.connection import Connection

PUT = "WITH told AS (SELECT set_config('tenure.tag', {0}, true)) INSERT INTO ledger SELECT set_config FROM told"
ASK = "SELECT pg_backend_pid(), current_setting('tenure.tag')"
"""The setting is that of the transaction alone: whoever reads another's tag is in another's transaction."""


def conninfo(server: Any) -> str:
    return f"host={HOST} port={server.port} user=app dbname=postgres sslmode=disable connect_timeout=2"


@resource(open_timeout=OPEN_S, close_timeout=CLOSE_S)
async def connect_asyncpg(server: Any) -> AsyncIterator[Connection]:
    import asyncpg

    raw = await asyncpg.connect(host=HOST, port=server.port, user="app", database="postgres", ssl=False)
    try:
        yield Connection(raw, raw.get_server_pid())
    finally:
        await raw.close(timeout=CLOSE_S / 2)


async def check_asyncpg(connection: Connection) -> bool:
    await connection.raw.execute("SELECT 1", timeout=0.5)
    return True


class Asyncpg(Client):
    name, kind, world, packages, keeps = "asyncpg", "postgres", "asyncio", ("asyncpg",), True
    connect, check = connect_asyncpg, check_asyncpg

    async def serve(self, connection: Connection, tag: str) -> Any:
        async with connection.raw.transaction():
            await connection.raw.execute(PUT.format("$1::text"), tag)
            row = await connection.raw.fetchrow(ASK)
        return row[0], row[1]


class AsyncpgUvloop(Asyncpg):
    world, packages = "uvloop", ("asyncpg", "uvloop")


@resource(open_timeout=OPEN_S, close_timeout=CLOSE_S)
async def connect_psycopg(server: Any) -> AsyncIterator[Connection]:
    import psycopg

    raw = await psycopg.AsyncConnection.connect(conninfo(server), autocommit=True)
    try:
        yield Connection(raw, raw.info.backend_pid)
    finally:
        await raw.close()


async def check_psycopg(connection: Connection) -> bool:
    await connection.raw.execute("SELECT 1")
    return True


class Psycopg(Client):
    name, kind, world, packages, keeps = "psycopg", "postgres", "asyncio", ("psycopg",), True
    connect, check = connect_psycopg, check_psycopg

    def __init__(self, server: Any) -> None:
        super().__init__(server)
        logging.getLogger("psycopg").setLevel(logging.CRITICAL)  # it tells of lost connections, which is the point

    async def serve(self, connection: Connection, tag: str) -> Any:
        async with connection.raw.transaction():
            await connection.raw.execute(PUT.format("%s::text"), [tag])
            return await (await connection.raw.execute(ASK)).fetchone()


@resource
def connect_psycopg_blocking(server: Any) -> Iterator[Connection]:
    import psycopg

    with psycopg.connect(conninfo(server), autocommit=True) as raw:
        yield Connection(raw, raw.info.backend_pid)


def check_psycopg_blocking(connection: Connection) -> bool:
    connection.raw.execute("SELECT 1")
    return True


class PsycopgThreads(Psycopg):
    world = "threads"
    connect, check = connect_psycopg_blocking, check_psycopg_blocking

    def serve(self, connection: Connection, tag: str) -> Any:
        with connection.raw.transaction():
            connection.raw.execute(PUT.format("%s::text"), [tag])
            return connection.raw.execute(ASK).fetchone()


@resource(open_timeout=OPEN_S, close_timeout=CLOSE_S)
async def connect_sqlalchemy(server: Any) -> AsyncIterator[Connection]:
    from sqlalchemy import text
    from sqlalchemy.ext.asyncio import create_async_engine
    from sqlalchemy.pool import NullPool

    url = f"postgresql+asyncpg://app@{HOST}:{server.port}/postgres?ssl=disable"
    engine = create_async_engine(url, poolclass=NullPool)
    async with engine.connect() as raw:
        identity = (await raw.execute(text("SELECT pg_backend_pid()"))).scalar()
        await raw.commit()
        yield Connection(raw, identity)


class Sqlalchemy(Client):
    name, kind, world, keeps = "SQLAlchemy", "postgres", "asyncio", True
    packages = ("sqlalchemy", "greenlet", "asyncpg")
    connect = connect_sqlalchemy

    async def serve(self, connection: Connection, tag: str) -> Any:
        from sqlalchemy import text

        async with connection.raw.begin():
            await connection.raw.execute(text(PUT.format("CAST(:tag AS text)")), {"tag": tag})
            row = (await connection.raw.execute(text(ASK))).one()
        return row[0], row[1]
