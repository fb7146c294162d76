"""Notes, kept in SQLite: `flask run`. `NOTES_DATABASE` names the file."""

import os
import sqlite3
from collections.abc import Iterator

from flask import Flask, Request, Response, abort
from flask.views import MethodView

from tenure import Container
from tenure.ext.flask import Inject, inject, setup


class Settings:
    """Where things are."""

    def __init__(self) -> None:
        self.database: str = os.environ.get("NOTES_DATABASE", "notes.db")


class Schema:
    """That the tables are there."""


class Author:
    """Who asks."""

    def __init__(self, request: Request) -> None:
        """Take the name from the header `X-Author`."""
        self.name: str = request.headers.get("X-Author", "nobody")


def create_tables(settings: Settings) -> Iterator[Schema]:
    """Create the tables before the first request."""
    connection = sqlite3.connect(settings.database)
    connection.execute("create table if not exists notes (author text not null, text text not null unique)")
    connection.close()
    yield Schema()


def transaction(settings: Settings, schema: Schema) -> Iterator[sqlite3.Connection]:
    """Give each request a connection; what it did is kept unless its view raises."""
    connection = sqlite3.connect(settings.database)
    try:
        with connection:
            yield connection
    finally:
        connection.close()


class Notes:
    """The notes, as one transaction sees them."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def add(self, author: str, text: str) -> None:
        """Add a note; it may be there once."""
        self._connection.execute("insert into notes values (?, ?)", (author, text))

    def all(self) -> Iterator[str]:
        """Give all of them, in order."""
        for author, text in self._connection.execute("select author, text from notes order by rowid"):
            yield f"{author}: {text}\n"


class NotesView(MethodView):
    """The notes at one address."""

    @inject
    def get(self, notes: Notes = Inject[Notes]) -> Response:
        """Stream all notes."""
        return Response(notes.all(), mimetype="text/plain")

    @inject
    def post(
        self, request: Request = Inject[Request], notes: Notes = Inject[Notes], author: Author = Inject[Author]
    ) -> str:
        """Add all of them, or none."""
        texts = request.get_json()
        for text in texts:
            if not text:
                abort(422)
            notes.add(author.name, text)
        return str(len(texts))


def create_app() -> tuple[Flask, Container]:
    """Return the application, and the container that it runs on."""
    container = Container()
    container.bind(Settings, scope="singleton")
    container.bind(create_tables, scope="singleton")
    container.bind(transaction, scope="request")
    container.bind(Notes, scope="request")
    container.bind(Author, scope="request")

    app = Flask(__name__)
    app.add_url_rule("/notes", view_func=NotesView.as_view("notes"))
    setup(app, container)
    return app, container


app, container = create_app()
