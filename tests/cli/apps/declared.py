"""The same kind of application in the declarative face."""

from collections.abc import AsyncIterator, Iterator

from tenure.containers import DeclarativeContainer
from tenure.providers import Factory, Resource, Singleton


class Database: ...


class Cache: ...


class Service:
    def __init__(self, database: Database, cache: Cache): ...


def open_database(url: str) -> Iterator[Database]:
    try:
        yield Database()
    finally:
        pass


async def open_cache(database: Database) -> AsyncIterator[Cache]:
    try:
        yield Cache()
    finally:
        pass


class Shop(DeclarativeContainer):
    """What the application is made of."""

    database = Resource(open_database, url="postgresql://shop:hunter2@db/shop")
    cache = Resource(open_cache, database=database)
    service = Singleton(Service, database=database, cache=cache)
    handler = Factory(dict, service=service)
