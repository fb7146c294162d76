"""SQLite of both colours, and files."""

import itertools
import sqlite3
from collections.abc import AsyncIterator, Iterator
from typing import Any

from tenure import resource
from tests.servers.clients.client import CLOSE_S, OPEN_S, Client
from tests.servers.connection import Connection

NUMBERS = itertools.count(1)
BUSY_S = 0.3
"""How long SQLite waits for a lock."""
NAME = ("PRAGMA synchronous = OFF", "CREATE TEMP TABLE named (name text)", "INSERT INTO named VALUES ('{}')")
PUT = "INSERT INTO ledger VALUES (?)"
ASK = "SELECT named.name, ledger.entry FROM named, ledger WHERE ledger.rowid = last_insert_rowid()"


@resource
def connect_sqlite(server: Any) -> Iterator[Connection]:
    raw = sqlite3.connect(server.path, timeout=BUSY_S, isolation_level=None, check_same_thread=False)
    try:
        identity = f"link {next(NUMBERS)}"
        for words in NAME:
            raw.execute(words.format(identity))
        yield Connection(raw, identity)
    finally:
        raw.close()


def check_sqlite(connection: Connection) -> bool:
    return connection.raw.execute("SELECT 1").fetchone() == (1,)


class SqliteThreads(Client):
    name, kind, world, keeps = "sqlite3", "sqlite", "threads", True
    connect, check = connect_sqlite, check_sqlite

    def serve(self, connection: Connection, tag: str) -> Any:
        raw = connection.raw
        raw.execute("BEGIN IMMEDIATE")
        try:
            raw.execute(PUT, [tag])
            answer = raw.execute(ASK).fetchone()
            raw.execute("COMMIT")
        except BaseException:
            if raw.in_transaction:
                raw.execute("ROLLBACK")
            raise
        return answer


@resource(open_timeout=OPEN_S, close_timeout=CLOSE_S)
async def connect_aiosqlite(server: Any) -> AsyncIterator[Connection]:
    import aiosqlite

    async with aiosqlite.connect(server.path, timeout=BUSY_S, isolation_level=None) as raw:
        identity = f"link {next(NUMBERS)}"
        for words in NAME:
            await raw.execute(words.format(identity))
        yield Connection(raw, identity)


async def check_aiosqlite(connection: Connection) -> bool:
    return await (await connection.raw.execute("SELECT 1")).fetchone() == (1,)


class Aiosqlite(Client):
    name, kind, world, packages, keeps = "aiosqlite", "sqlite", "asyncio", ("aiosqlite",), True
    connect, check = connect_aiosqlite, check_aiosqlite

    async def serve(self, connection: Connection, tag: str) -> Any:
        raw = connection.raw
        await raw.execute("BEGIN IMMEDIATE")
        try:
            await raw.execute(PUT, [tag])
            answer = await (await raw.execute(ASK)).fetchone()
            await raw.execute("COMMIT")
        except BaseException:
            if raw.in_transaction:
                await raw.execute("ROLLBACK")
            raise
        return answer


@resource
def open_file(server: Any) -> Iterator[Connection]:
    identity = f"file-{next(NUMBERS)}"
    with (server.path / identity).open("a+b", buffering=0) as raw:
        yield Connection(raw, identity)


class FilesThreads(Client):
    name, kind, world, keeps = "open", "files", "threads", True
    connect = open_file

    def serve(self, connection: Connection, tag: str) -> Any:
        raw = connection.raw
        (self.server.path / connection.identity).stat()
        at = raw.tell()
        raw.write(tag.encode() + b"\n")
        raw.seek(at)
        told = raw.readline().decode().rstrip()
        return connection.identity, told
