"""A shop that takes its time to open, for the pictures of the terminal: under a virtual clock always the same time."""

import asyncio
from collections.abc import AsyncIterator

from tenure import Container, Pool, Retry, resource


class Tunnel: ...


class Database:
    def __init__(self, tunnel: Tunnel) -> None: ...


class Cache: ...


class Mailer: ...


class Catalogue:
    def __init__(self, database: Database, cache: Cache) -> None: ...


class Connection: ...


class Session:
    def __init__(self, connection: Connection) -> None: ...


@resource(scope="singleton")
async def open_tunnel() -> AsyncIterator[Tunnel]:
    await asyncio.sleep(0.31)
    yield Tunnel()
    await asyncio.sleep(0.06)


@resource(scope="singleton")
async def open_database(tunnel: Tunnel) -> AsyncIterator[Database]:
    await asyncio.sleep(0.52)
    yield Database(tunnel)
    await asyncio.sleep(0.22)


@resource(scope="singleton", retry=Retry(attempts=3, backoff=0.7, jitter=0))
async def open_cache(attempts: list[int]) -> AsyncIterator[Cache]:
    attempts.append(len(attempts))
    await asyncio.sleep(0.21)
    if len(attempts) == 1:
        raise ConnectionError("refused")
    yield Cache()
    await asyncio.sleep(0.02)


@resource(scope="singleton")
async def open_mailer() -> AsyncIterator[Mailer]:
    await asyncio.sleep(0.14)
    yield Mailer()
    await asyncio.sleep(0.09)


@resource(scope="singleton")
async def read_catalogue(database: Database, cache: Cache) -> AsyncIterator[Catalogue]:
    await asyncio.sleep(0.42)
    yield Catalogue(database, cache)


async def connect(database: Database) -> AsyncIterator[Connection]:
    await asyncio.sleep(0.012)
    yield Connection()


@resource(scope="request")
async def begin(connection: Connection) -> AsyncIterator[Session]:
    await asyncio.sleep(0.003)
    yield Session(connection)


def shop() -> Container:
    """Return the container of a shop that nobody has started."""
    container = Container()
    container.bind(list[int], value=[])
    for factory in (open_tunnel, open_database, open_cache, open_mailer, read_catalogue, begin):
        container.bind(factory)
    container.bind(Connection, Pool(connect, name="connections", max_size=2, min_size=1))
    return container
