"""What is leased, and what is explained."""

from collections.abc import AsyncIterator, Iterator
from typing import assert_type

from tenure import Container, Keyed, Refreshing
from tenure.keyed import KeyedStats
from tenure.model.explaining import Explanation


class Database:
    def __init__(self, tenant: str) -> None: ...


def open_database(tenant: str) -> Iterator[Database]:
    yield Database(tenant)


async def fetch_token() -> AsyncIterator[bytes]:
    yield b""


databases: Keyed[Database] = Keyed(open_database, max_size=5)
tokens: Refreshing[bytes] = Refreshing(fetch_token, lifetime_s=60)
container = Container(strict=True)
container.bind(Database, databases)


def sync_use() -> None:
    with databases.lease("a") as database:
        assert_type(database, Database)
    assert_type(databases.lease("a").open(), Database)
    assert_type(databases.stats(), KeyedStats)
    assert_type(container.explain(Database), Explanation)
    assert_type(container.get(Keyed[Database]), Keyed[Database])


async def async_use() -> None:
    async with tokens.lease() as token:
        assert_type(token, bytes)
    assert_type(await tokens.aget(), bytes)
    async with tokens as same:
        assert_type(same, Refreshing[bytes])
