"""A container whose start fails after something was opened."""

from collections.abc import AsyncIterator

from tenure import Container


class Database: ...


class Cache: ...


class Service: ...


async def open_database() -> AsyncIterator[Database]:
    try:
        yield Database()
    finally:
        print("database closed")


async def open_cache(database: Database) -> AsyncIterator[Cache]:
    msg = "cannot reach redis://:hunter2@cache:6379/0"
    raise ConnectionError(msg)
    yield Cache()


async def open_service(cache: Cache) -> AsyncIterator[Service]:
    try:
        yield Service()
    finally:
        pass


container = Container()
container.bind(Database, open_database, scope="singleton")
container.bind(Cache, open_cache, scope="singleton")
container.bind(Service, open_service, scope="singleton")
