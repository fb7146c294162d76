"""A type-driven application, in which nothing is wrong."""

import asyncio
from collections.abc import AsyncIterator, Iterator

from tenure import Container, Pool, stopping
from tenure.health import Health


class Settings: ...


class Database:
    def is_up(self):
        return True


class Cache: ...


class Connection: ...


class Catalogue:
    def __init__(self, database: Database, cache: Cache): ...


class Session: ...


class Checkout:
    def __init__(self, session: Session, catalogue: Catalogue): ...


async def open_database(settings: Settings) -> AsyncIterator[Database]:
    try:
        yield Database()
    finally:
        pass


async def open_cache(settings: Settings) -> AsyncIterator[Cache]:
    try:
        yield Cache()
    finally:
        pass


def connect() -> Iterator[Connection]:
    try:
        yield Connection()
    finally:
        pass


def begin(connection: Connection) -> Iterator[Session]:
    try:
        yield Session()
    finally:
        pass


def wire():
    """Return the container."""
    container = Container()
    container.bind(Settings, scope="singleton")
    container.bind(Database, open_database, scope="singleton", health=Health("is_up"))
    container.bind(Cache, open_cache, scope="singleton")
    container.bind(Connection, Pool(connect, max_size=4))
    container.bind(Catalogue, scope="singleton", close=lambda _: None)
    container.bind(Session, begin, scope="request")
    container.bind(Checkout, scope="request")
    return container


container = wire()


async def main(catalogue: Catalogue):
    """Say that it works, and wait for nothing."""
    print("serving")


async def serve(catalogue: Catalogue):
    """Serve until it is told to stop."""
    print("serving", flush=True)
    await asyncio.Event().wait()


async def polite():
    """End when it is asked to."""
    print("serving", flush=True)
    stop = stopping()
    await stop.wait()
    print("stopped")
    return 7


def sync_main(*arguments: str):
    """Say what it was given."""
    print("given", *arguments)
    return len(arguments)


def failing():
    """Fail."""
    msg = "nothing to sell"
    raise LookupError(msg)
