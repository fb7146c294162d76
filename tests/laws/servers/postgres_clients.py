"""Clients of PostgreSQL, of the shape that `clients` tells."""

import logging
from typing import Any

import trio

from tests.real import wire
from tests.real.running import HOST

DATABASE = {"user": "app", "host": HOST}
PUT = "SAVEPOINT entry; INSERT INTO ledger VALUES ('{}')"
"""A savepoint is refused where no transaction is open: nothing is ever put in by itself."""


class PsycopgBlocking:
    """psycopg with a thread to itself."""

    name, server, backends, package = "psycopg", "postgres", ("sync",), "psycopg"
    is_blocking = True

    def __init__(self) -> None:
        import psycopg

        self.unreachable: Any = psycopg.OperationalError
        self.refused: Any = psycopg.OperationalError
        self._connect = psycopg.connect
        logging.getLogger("psycopg").setLevel(
            logging.ERROR
        )  # it warns of connections that are lost, which is the point

    async def connect(self, port: int) -> Any:
        return self._connect(**DATABASE, port=port, dbname="postgres", sslmode="disable", autocommit=True)

    async def identity(self, link: Any) -> int:
        return int(link.info.backend_pid)

    async def begin(self, link: Any) -> None:
        link.execute("BEGIN")

    async def commit(self, link: Any) -> None:
        link.execute("COMMIT")

    async def roll_back(self, link: Any) -> None:
        link.execute("ROLLBACK")

    async def put(self, link: Any, entry: str) -> None:
        link.execute(PUT.format(entry))

    async def ping(self, link: Any) -> None:
        link.execute("SELECT 1")

    async def sleep(self, link: Any) -> None:
        """Let the server work on something without end."""
        link.execute("SELECT pg_sleep(600)")

    async def close(self, link: Any) -> None:
        link.close()

    def hang_up(self, link: Any) -> None:
        """Drop the connection without a word, where its closing was given up."""
        link.close()


class Psycopg(PsycopgBlocking):
    """psycopg on asyncio."""

    backends = ("asyncio", "uvloop")
    is_blocking = False

    def __init__(self) -> None:
        import psycopg

        super().__init__()
        self._connect = psycopg.AsyncConnection.connect

    async def connect(self, port: int) -> Any:
        return await self._connect(**DATABASE, port=port, dbname="postgres", sslmode="disable", autocommit=True)

    async def begin(self, link: Any) -> None:
        await link.execute("BEGIN")

    async def commit(self, link: Any) -> None:
        await link.execute("COMMIT")

    async def roll_back(self, link: Any) -> None:
        await link.execute("ROLLBACK")

    async def put(self, link: Any, entry: str) -> None:
        await link.execute(PUT.format(entry))

    async def ping(self, link: Any) -> None:
        await link.execute("SELECT 1")

    async def sleep(self, link: Any) -> None:
        await link.execute("SELECT pg_sleep(600)")

    async def close(self, link: Any) -> None:
        await link.close()

    def hang_up(self, link: Any) -> None:
        link.pgconn.finish()


class Asyncpg(Psycopg):
    """asyncpg; its `close` waits for the server."""

    name, package = "asyncpg", "asyncpg"

    def __init__(self) -> None:
        import asyncpg

        lost = asyncpg.PostgresConnectionError, asyncpg.CannotConnectNowError, asyncpg.ConnectionDoesNotExistError
        self.unreachable = (OSError, asyncpg.InterfaceError, *lost)
        self.refused = asyncpg.TooManyConnectionsError
        self._connect = asyncpg.connect

    async def connect(self, port: int) -> Any:
        return await self._connect(**DATABASE, port=port, database="postgres", ssl=False)

    async def identity(self, link: Any) -> int:
        return int(link.get_server_pid())

    def hang_up(self, link: Any) -> None:
        link.terminate()


class WirePostgres(Psycopg):
    """PostgreSQL's protocol by hand, on trio."""

    name, backends, package = "wire-postgres", ("trio",), "trio"

    def __init__(self) -> None:
        self.unreachable = (OSError, trio.BrokenResourceError)
        self.refused = wire.RefusedError
        self._connect = None

    async def connect(self, port: int) -> Any:
        return await wire.dialled(HOST, port, wire.postgres_hello("app", "trio"))

    async def identity(self, link: Any) -> int:
        return int((await link.talk(wire.postgres_ask("SELECT pg_backend_pid()")))[0][0])

    async def begin(self, link: Any) -> None:
        await link.talk(wire.postgres_ask("BEGIN"))

    async def commit(self, link: Any) -> None:
        await link.talk(wire.postgres_ask("COMMIT"))

    async def roll_back(self, link: Any) -> None:
        await link.talk(wire.postgres_ask("ROLLBACK"))

    async def put(self, link: Any, entry: str) -> None:
        await link.talk(wire.postgres_ask(PUT.format(entry)))

    async def ping(self, link: Any) -> None:
        await link.talk(wire.postgres_ask("SELECT 1"))

    async def sleep(self, link: Any) -> None:
        await link.talk(wire.postgres_ask("SELECT pg_sleep(600)"))

    async def close(self, link: Any) -> None:
        try:
            await link.talk(wire.postgres_bye())
        except trio.BrokenResourceError:
            return
        finally:
            link.close()

    def hang_up(self, link: Any) -> None:
        link.close()
