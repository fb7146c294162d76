"""A container whose second resource opens only when a signal comes, or never closes."""

import asyncio
import os
from collections.abc import AsyncIterator

from tenure import Container, stopping

HANGS = os.environ.get("HANGS", "")


class Database: ...


class Cache: ...


async def open_database() -> AsyncIterator[Database]:
    try:
        yield Database()
    finally:
        print("database closed", flush=True)


async def open_cache(database: Database) -> AsyncIterator[Cache]:
    if HANGS == "opening":
        print("opening cache", flush=True)
        await stopping().wait()
    try:
        yield Cache()
    finally:
        if HANGS == "closing":
            print("closing cache", flush=True)
            await asyncio.Event().wait()


container = Container(close_timeout=None)
container.bind(Database, open_database, scope="singleton")
container.bind(Cache, open_cache, scope="singleton")


async def main():
    """Serve until a signal comes."""
    print("serving", flush=True)
    await asyncio.Event().wait()
