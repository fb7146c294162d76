"""The database's plain parts, on a real file."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, closing

import pytest

from tenure.cli.demo.database import Database, DatabasePool, connect
from tenure.cli.demo.directory import DataDirectory
from tenure.cli.demo.logs import Logs
from tenure.cli.demo.settings import Settings
from tenure.cli.demo.transaction import transaction

SETTINGS = Settings(n_connections=2)


@pytest.fixture
def logs(directory: DataDirectory) -> Iterator[Logs]:
    with Logs(directory) as opened:
        yield opened


@pytest.fixture
def database(directory: DataDirectory, threads: ThreadPoolExecutor, logs: Logs) -> Database:
    database = Database(directory, threads, logs)
    asyncio.run(database.initialize())
    return database


def orders(database: Database) -> list[int]:
    with closing(sqlite3.connect(database.path)) as raw:
        return [number for (number,) in raw.execute("SELECT id FROM orders")]


@asynccontextmanager
async def pool_on(database: Database) -> AsyncIterator[DatabasePool]:
    pool = DatabasePool(database, SETTINGS)
    await pool.initialize()
    try:
        yield pool
    finally:
        await pool.dispose()


def test_a_transaction_that_ends_well_is_committed(database: Database) -> None:
    """What was written in it is in the file."""

    async def main() -> None:
        async with pool_on(database) as pool:
            connection = await pool.borrow()
            async with asynccontextmanager(transaction)(connection, pool) as tx:
                await tx.add_order(7, 1, 2, 3)
                await tx.add_payment(7, 400)
            pool.give_back(connection)

    asyncio.run(main())

    assert orders(database) == [7]


def test_a_transaction_that_sees_an_error_is_rolled_back(database: Database) -> None:
    """Nothing of it is in the file, the error goes on, and the connection is good for another transaction."""

    async def main() -> None:
        async with pool_on(database) as pool:
            connection = await pool.borrow()
            with pytest.raises(ValueError, match="half-way"):
                async with asynccontextmanager(transaction)(connection, pool) as tx:
                    await tx.add_order(7, 1, 2, 3)
                    raise ValueError("half-way")
            async with asynccontextmanager(transaction)(connection, pool) as tx:
                await tx.add_order(8, 1, 2, 3)
            pool.give_back(connection)

    asyncio.run(main())

    assert orders(database) == [8]


def test_a_transaction_that_is_cancelled_leaves_no_trace(database: Database) -> None:
    """A cancellation while a statement runs waits for it, rolls back, and gives the turn to write back."""

    async def main() -> bool:
        async with pool_on(database) as pool:
            connection = await pool.borrow()

            async def write() -> None:
                async with asynccontextmanager(transaction)(connection, pool) as tx:
                    await tx.add_order(7, 1, 2, 3)
                    asyncio.current_task().cancel()  # type: ignore[union-attr]  # we are in a task
                    await tx.add_payment(7, 400)

            with pytest.raises(asyncio.CancelledError):
                await asyncio.create_task(write())
            pool.give_back(connection)
            return pool.write_turn.locked()

    assert asyncio.run(main()) is False
    assert orders(database) == []


def test_a_commit_that_fails_is_rolled_back(database: Database) -> None:
    """An order for a customer who does not exist is refused, and the connection is free of it afterwards."""

    async def main() -> None:
        async with pool_on(database) as pool:
            connection = await pool.borrow()
            with pytest.raises(sqlite3.IntegrityError):
                async with asynccontextmanager(transaction)(connection, pool) as tx:
                    await tx.add_order(7, 10**6, 2, 3)
            await connection.execute("BEGIN IMMEDIATE")
            await connection.roll_back()
            pool.give_back(connection)

    asyncio.run(main())

    assert orders(database) == []


def test_a_pool_that_is_closed_too_early_says_so(database: Database) -> None:
    """Closing with a connection lent closes all the same, and is an error."""

    async def main() -> None:
        pool = DatabasePool(database, SETTINGS)
        await pool.initialize()
        connection = await pool.borrow()
        with pytest.raises(RuntimeError, match="1 of its connections were lent"):
            await pool.dispose()
        with pytest.raises(RuntimeError, match="the connection is closed"):
            await connection.execute("SELECT 1")

    asyncio.run(main())


def test_a_pool_that_cannot_open_leaves_nothing_open(directory: DataDirectory, threads: ThreadPoolExecutor) -> None:
    """A database without tables cannot be warmed: the pool fails to open, and its connections are closed."""
    with Logs(directory) as logs:
        database = Database(directory, threads, logs)

        async def main() -> None:
            with pytest.raises(ExceptionGroup):
                await DatabasePool(database, SETTINGS).initialize()

        asyncio.run(main())

    database.path.unlink()  # on Windows, only possible when nobody has it open


def test_disposing_folds_the_journal_into_the_file(database: Database) -> None:
    """Afterwards the write-ahead log is empty or gone."""
    with closing(connect(database.path)) as raw:
        raw.execute("INSERT INTO orders VALUES (1, 1, 1, 1)")
        asyncio.run(database.dispose())
    journal = database.path.with_name("orders.db-wal")

    assert not journal.exists() or journal.stat().st_size == 0
