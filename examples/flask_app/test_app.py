"""The notes, from outside."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from app import Notes, create_app
from flask.testing import FlaskClient

ANN = {"X-Author": "Ann"}


@pytest.fixture
def client(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FlaskClient]:
    """Give a client of an application with a database of its own."""
    monkeypatch.setenv("NOTES_DATABASE", str(tmp_path / "notes.db"))
    app, container = create_app()
    yield app.test_client()
    container.close()


def test_notes_are_kept(client: FlaskClient) -> None:
    """What one request adds, the next one sees; the answer is streamed."""
    assert client.post("/notes", json=["one", "two"], headers=ANN, buffered=True).text == "2"
    assert client.get("/notes").text == "Ann: one\nAnn: two\n"


def test_all_or_nothing(client: FlaskClient) -> None:
    """An answer that refuses rolls back."""
    assert client.post("/notes", json=["one", ""], buffered=True).status_code == 422
    assert client.get("/notes").text == ""


def test_an_error(client: FlaskClient) -> None:
    """So does an error that nobody has an answer for."""
    assert client.post("/notes", json=["one", "one"], buffered=True).status_code == 500
    assert client.get("/notes").text == ""


def test_something_else_instead(client: FlaskClient) -> None:
    """The container of the application is among its extensions."""

    class Fixed:
        def all(self) -> Iterator[str]:
            yield "fixed"

    with client.application.extensions["tenure"].override(Notes, Fixed):
        assert client.get("/notes").text == "fixed"
    assert client.get("/notes").text == ""
