"""What type checkers know of pools: the type of the items follows from the factory."""

from collections.abc import AsyncIterator, Generator, Iterator
from contextlib import contextmanager
from typing import assert_type

from tenure import Container, Pool
from tenure.pool import PoolStats


class Connection:
    def dispose(self) -> None: ...


def generator() -> Iterator[Connection]:
    yield Connection()


async def async_generator() -> AsyncIterator[Connection]:
    yield Connection()


@contextmanager
def manager() -> Generator[Connection, None, None]:
    yield Connection()


async def coroutine() -> Connection:
    return Connection()


def function() -> Connection:
    return Connection()


assert_type(Pool(Connection, max_size=3), Pool[Connection])
assert_type(Pool(generator), Pool[Connection])
assert_type(Pool(async_generator, min_size=1), Pool[Connection])
assert_type(Pool(manager), Pool[Connection])
assert_type(Pool(coroutine, close="dispose"), Pool[Connection])
assert_type(Pool(function), Pool[Connection])


async def used(container: Container) -> None:
    pool = container.get(Pool[Connection])
    assert_type(pool, Pool[Connection])
    assert_type(pool.take(timeout_s=None), Connection)
    assert_type(await pool.acquire(timeout_s=1), Connection)
    assert_type(pool.stats(), PoolStats)
    with pool.acquire() as one:
        assert_type(one, Connection)
    async with pool.acquire() as other:
        assert_type(other, Connection)
    async with pool as same:
        assert_type(same, Pool[Connection])
