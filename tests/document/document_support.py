"""Real things for the document's programs: SQLite files behind `await`, and a look at what a container did."""

import sqlite3
from contextlib import closing
from typing import ClassVar

import anyio
import anyio.lowlevel

from tenure.events import ResourceEvent

USERS = [(1, "ada"), (2, "barbara"), (3, "grace")]


def make_database(path):
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT)")
        connection.execute("CREATE TABLE cache (key TEXT PRIMARY KEY, value TEXT)")
        connection.executemany("INSERT INTO users VALUES (?, ?)", USERS)


class Connection:
    """An SQLite connection with the methods of an asynchronous one; every call gives other tasks their turn."""

    made: ClassVar[list["Connection"]] = []

    @classmethod
    async def open(cls, path):
        await anyio.lowlevel.checkpoint()
        return cls(path)

    def __init__(self, path):
        self.raw = sqlite3.connect(path, isolation_level=None)
        self.n_closed = 0
        Connection.made.append(self)

    @property
    def is_open(self):
        return self.n_closed == 0

    async def execute(self, query, *parameters):
        await anyio.lowlevel.checkpoint()
        return self.raw.execute(query, parameters).fetchall()

    async def close(self):
        self.n_closed += 1
        self.raw.close()
        await anyio.lowlevel.checkpoint()


class Watch:
    """Remembers what a container tells its observers."""

    def __init__(self, container):
        self.events = []
        container.observe(self.events.append)

    @property
    def acts(self):
        """Return `"Opened X"`, `"Closed X"`, …, in order; without the two that only announce."""
        return [
            f"{type(event).__name__} {event.label}"
            for event in self.events
            if isinstance(event, ResourceEvent) and type(event).__name__ not in {"Opening", "Closing"}
        ]
