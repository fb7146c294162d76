"""Notes, kept in SQLite: `uvicorn app:app`. `NOTES_DATABASE` names the file."""

import os
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Annotated

import aiosqlite
from fastapi import BackgroundTasks, FastAPI, HTTPException, Request, WebSocket

from tenure import Container
from tenure.ext.fastapi import Inject, Injected, inject, setup


@dataclass
class Settings:
    """Where things are."""

    database: str = field(default_factory=lambda: os.environ.get("NOTES_DATABASE", "notes.db"))


class Schema:
    """That the tables are there."""


class Author:
    """Who asks."""

    def __init__(self, request: Request) -> None:
        """Take the name from the header `X-Author`."""
        self.name: str = request.headers.get("X-Author", "nobody")


class Audit:
    """What was done, for whoever looks into it."""

    def __init__(self) -> None:
        self.lines: list[str] = []


async def create_tables(settings: Settings) -> AsyncIterator[Schema]:
    """Create the tables before the first request."""
    async with aiosqlite.connect(settings.database) as connection:
        await connection.execute("create table if not exists notes (author text not null, text text not null unique)")
    yield Schema()


async def transaction(settings: Settings, schema: Schema) -> AsyncIterator[aiosqlite.Connection]:
    """Give each request a connection; what it did is kept unless its handler raises."""
    async with aiosqlite.connect(settings.database) as connection:
        try:
            yield connection
        except BaseException:
            await connection.rollback()
            raise
        await connection.commit()


class Notes:
    """The notes, as one transaction sees them."""

    def __init__(self, connection: aiosqlite.Connection) -> None:
        self._connection = connection

    async def add(self, author: str, text: str) -> None:
        """Add a note; it may be there once."""
        await self._connection.execute("insert into notes values (?, ?)", (author, text))

    async def all(self) -> list[str]:
        """Return all of them, in order."""
        async with self._connection.execute("select author, text from notes order by rowid") as rows:
            return [f"{author}: {text}" async for author, text in rows]


container = Container()
container.bind(Settings, scope="singleton")
container.bind(Audit, scope="singleton")
container.bind(create_tables, scope="singleton")
container.bind(transaction, scope="request")
container.bind(Notes, scope="request")
container.bind(Author, scope="request")

app = FastAPI(title="Notes")


@app.post("/notes", status_code=201)
@inject
async def add_notes(
    texts: list[str],
    tasks: BackgroundTasks,
    notes: Annotated[Notes, Inject()],
    author: Annotated[Author, Inject()],
    audit: Annotated[Audit, Inject()],
) -> int:
    """Add all of them, or none."""
    for text in texts:
        if not text:
            raise HTTPException(422, "a note has to say something")
        await notes.add(author.name, text)
    tasks.add_task(audit.lines.append, f"{author.name} added {len(texts)}")
    return len(texts)


@app.get("/notes")
async def all_notes(notes: Injected[Notes]) -> list[str]:
    """Return all notes."""
    return await notes.all()


@app.websocket("/counts")
@inject
async def counts(socket: WebSocket, notes: Annotated[Notes, Inject()]) -> None:
    """Answer each message with the number of notes."""
    await socket.accept()
    async for _ in socket.iter_text():
        await socket.send_text(str(len(await notes.all())))


setup(app, container)
