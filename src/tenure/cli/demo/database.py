"""
The database: one SQLite file, and a pool of connections to it.

A connection is used by one borrower at a time; its calls run on the wired threads.
"""

import asyncio
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any

from tenure import resource
from tenure.cli.demo.directory import DataDirectory
from tenure.cli.demo.logs import Logs
from tenure.cli.demo.settings import Settings
from tenure.cli.demo.threads import call_in_thread

N_CUSTOMERS = 20_000
SCHEMA = """
PRAGMA journal_mode = WAL;
CREATE TABLE customers (id INTEGER PRIMARY KEY, name TEXT NOT NULL);
CREATE TABLE orders (
    id INTEGER PRIMARY KEY, customer INTEGER NOT NULL REFERENCES customers, product INTEGER NOT NULL,
    quantity INTEGER NOT NULL
);
CREATE TABLE payments (order_id INTEGER PRIMARY KEY REFERENCES orders, cents INTEGER NOT NULL);
"""


class Connection:
    """One connection to the database; its calls run on the pool's threads, one after the other."""

    def __init__(self, path: Path, threads: ThreadPoolExecutor) -> None:
        self._path = path
        self._threads = threads
        self._raw: sqlite3.Connection | None = None

    async def open(self) -> None:
        """Connect and read the customers' index, so that the first request finds it in memory."""
        await call_in_thread(self._threads, self._open)

    async def close(self) -> None:
        """Close the connection, if it is open."""
        await call_in_thread(self._threads, self._close)

    async def execute(self, statement: str, *parameters: object) -> list[tuple[Any, ...]]:
        """Run one SQL statement and return its rows."""
        return await call_in_thread(self._threads, self._execute, statement, parameters)

    async def roll_back(self) -> None:
        """End the transaction without a trace, if there is one."""
        await call_in_thread(self._threads, self._roll_back)

    def _open(self) -> None:
        self._raw = connect(self._path)  # kept here, not returned: a cancelled opening can still be closed
        self._raw.execute("SELECT count(name) FROM customers").fetchone()

    def _close(self) -> None:
        if self._raw is not None:
            self._raw.close()
            self._raw = None

    def _execute(self, statement: str, parameters: tuple[object, ...]) -> list[tuple[Any, ...]]:
        if self._raw is None:
            raise RuntimeError("the connection is closed")
        return self._raw.execute(statement, parameters).fetchall()

    def _roll_back(self) -> None:
        if self._raw is not None and self._raw.in_transaction:
            self._raw.rollback()


@resource(scope="singleton")
class Database:
    """The database file: made with its tables at the start, its journal folded in at the end."""

    def __init__(self, directory: DataDirectory, threads: ThreadPoolExecutor, logs: Logs) -> None:
        self.path: Path = directory.path / "orders.db"
        self._threads = threads
        self._logs = logs

    async def initialize(self) -> None:
        """Create the tables and the customers."""
        await call_in_thread(self._threads, _create, self.path)
        self._logs.info("database %s created", self.path.name)

    async def dispose(self) -> None:
        """Fold the write-ahead log into the file, so that the file alone holds everything."""
        await call_in_thread(self._threads, _fold, self.path)
        self._logs.info("database %s folded", self.path.name)

    def connection(self) -> Connection:
        """Return a connection to this database that is not open yet."""
        return Connection(self.path, self._threads)


@resource(scope="singleton")
class DatabasePool:
    """A fixed number of connections, lent to one request each."""

    def __init__(self, database: Database, settings: Settings) -> None:
        self._connections = [database.connection() for _ in range(settings.n_connections)]
        self._free: asyncio.LifoQueue[Connection] = asyncio.LifoQueue()
        self.write_turn: asyncio.Lock = asyncio.Lock()
        """SQLite lets one connection write at a time: waiting here is fair and costs no busy loop in a thread."""

    async def initialize(self) -> None:
        """Open all connections, at the same time."""
        try:
            async with asyncio.TaskGroup() as group:
                for connection in self._connections:
                    group.create_task(connection.open())
        except BaseException:
            await self._close()  # an opening that fails owes nothing: what it got, it gives back itself
            raise
        for connection in self._connections:
            self._free.put_nowait(connection)

    async def dispose(self) -> None:
        """
        Close all connections.

        Raises:
            RuntimeError: a borrower has not given its connection back.
        """
        n_lent = len(self._connections) - self._free.qsize()
        await self._close()
        if n_lent:
            raise RuntimeError(f"the database pool was closed while {n_lent} of its connections were lent")

    async def _close(self) -> None:
        await asyncio.gather(*(connection.close() for connection in self._connections))

    async def borrow(self) -> Connection:
        """Return a free connection, waiting until there is one; it is owed back."""
        return await self._free.get()

    def give_back(self, connection: Connection) -> None:
        """Take *connection* back."""
        self._free.put_nowait(connection)


def connect(path: Path) -> sqlite3.Connection:
    """Return a connection on which statements say themselves when a transaction begins."""
    raw = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    raw.execute("PRAGMA synchronous = NORMAL")
    raw.execute("PRAGMA foreign_keys = ON")
    return raw


def _create(path: Path) -> None:
    names = ((number, f"customer {number * 7919 % N_CUSTOMERS}") for number in range(N_CUSTOMERS))
    with closing(connect(path)) as raw:
        raw.executescript(SCHEMA)
        raw.execute("BEGIN")
        raw.executemany("INSERT INTO customers VALUES (?, ?)", names)
        raw.execute("CREATE INDEX customers_by_name ON customers (name)")
        raw.execute("COMMIT")


def _fold(path: Path) -> None:
    with closing(connect(path)) as raw:
        raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
