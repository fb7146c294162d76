"""The demo with a part that misbehaves: the run is wrong, and the verdict says where."""

import asyncio
import io
import sqlite3

import pytest

from tenure.cli.demo.checks import findings, judge
from tenure.cli.demo.database import Connection
from tenure.cli.demo.http_client import HttpClientPool
from tenure.cli.demo.play import play
from tenure.cli.demo.settings import Settings
from tenure.cli.demo.signals import Stop
from tenure.cli.demo.worker import AuditTrail
from tenure.cli.screen import open_screen

pytestmark = pytest.mark.slow


def found() -> list[str]:
    """What the verdict finds in a run of forty requests."""
    settings = Settings(n_requests=40, n_clients=4)
    evidence = asyncio.run(play(settings, open_screen(io.StringIO(), {}), Stop()))
    return findings(evidence, judge(evidence))


def test_nothing_is_found_where_nothing_is_wrong() -> None:
    """The parts as they are give no findings."""
    assert found() == []


def test_connections_that_are_not_closed_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """A pool that forgets its connections leaves file descriptors, and they are named by what they lead to."""
    leaked: list[sqlite3.Connection | None] = []
    monkeypatch.setattr(Connection, "_close", lambda self: leaked.append(self._raw))
    wrong = found()
    for raw in leaked:
        assert raw is not None
        raw.close()

    assert any(each.startswith("file descriptors left: ") and "orders.db" in each for each in wrong)


def test_a_rollback_that_commits_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """Failed requests that leave rows are named, and so are the halves of orders."""

    def commit(connection: Connection) -> None:
        assert connection._raw is not None
        connection._raw.commit()

    monkeypatch.setattr(Connection, "_roll_back", commit)
    wrong = found()

    assert "orders rolled back: 9 failed and has a row" in wrong
    assert "orders half written: 9 is in one table only" in wrong


def test_a_start_that_fails_is_rolled_back_and_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """The error is the finding; everything that was open by then is closed, and nothing is left."""

    def refuse(*arguments: object) -> bytes:
        raise OSError("no entropy")

    monkeypatch.setattr("tenure.cli.demo.credentials.hashlib.pbkdf2_hmac", refuse)

    assert found() == ["OSError: no entropy", "Credentials: 1 failed, 0 still open"]


def test_a_close_that_fails_is_named_and_the_rest_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    """An error of one closing is the finding, and the only one."""
    close = HttpClientPool._close_all

    async def fail(self: HttpClientPool) -> None:
        await close(self)
        raise OSError("the line is dead")

    monkeypatch.setattr(HttpClientPool, "_close_all", fail)

    assert found() == ["OSError: the line is dead", "HttpClientPool: 1 failed, 0 still open"]


def test_a_worker_that_loses_records_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """Audit records that were handed in and not written make the witnesses disagree."""
    monkeypatch.setattr(AuditTrail, "_write", lambda self, records: None)

    assert any(each.startswith("requests: ") for each in found())
