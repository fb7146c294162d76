"""The notes, from outside."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from app import Audit, Notes, app, container
from fastapi.testclient import TestClient

from tenure.ext.fastapi import dependency


@pytest.fixture
def client(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[TestClient]:
    """Give a client of an application with a database of its own."""
    monkeypatch.setenv("NOTES_DATABASE", str(tmp_path / "notes.db"))
    with TestClient(app, headers={"X-Author": "Ann"}) as client:
        yield client


def test_notes_are_kept(client: TestClient) -> None:
    """What one request adds, the next one sees."""
    assert client.post("/notes", json=["one", "two"]).json() == 2
    assert client.get("/notes").json() == ["Ann: one", "Ann: two"]


def test_all_or_nothing(client: TestClient) -> None:
    """An answer that refuses rolls back."""
    assert client.post("/notes", json=["one", ""]).status_code == 422
    assert client.get("/notes").json() == []


def test_an_error(client: TestClient) -> None:
    """So does an error that nobody has an answer for."""
    calm = TestClient(app, raise_server_exceptions=False)
    assert calm.post("/notes", json=["one", "one"]).status_code == 500
    assert client.get("/notes").json() == []


def test_a_task_behind_the_answer(client: TestClient) -> None:
    """It is done when the client has the answer of the next request."""
    client.post("/notes", json=["one"])
    assert container.get(Audit).lines[-1] == "Ann added 1"


def test_a_websocket(client: TestClient) -> None:
    """It has a transaction of its own."""
    client.post("/notes", json=["one"])
    with client.websocket_connect("/counts") as socket:
        socket.send_text("how many?")
        assert socket.receive_text() == "1"


def test_something_else_instead(client: TestClient) -> None:
    """By the container for everybody, or by FastAPI for one kind of parameter."""

    class Fixed:
        async def all(self) -> list[str]:
            return ["fixed"]

    with container.override(Notes, Fixed):
        assert client.get("/notes").json() == ["fixed"]
    app.dependency_overrides[dependency(Notes)] = Fixed
    assert client.get("/notes").json() == ["fixed"]
    app.dependency_overrides.clear()
    assert client.get("/notes").json() == []


def test_the_schema() -> None:
    """Nothing that is injected is documented."""
    assert all("parameters" not in shown for shown in app.openapi()["paths"]["/notes"].values())
