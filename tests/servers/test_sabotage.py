"""What the loads look for, they find: each promise is broken once, and noticed."""

import pytest

from tenure.pool.decisions.core import Core
from tenure.pool.lives.judging import Judge
from tests.servers.clients.local import FilesThreads
from tests.servers.clients.redis import Redis
from tests.servers.load import Load


def played(client, n_requests=300, *, has_faults=False):
    load = Load(client, client.server, n_requests, has_faults=has_faults)
    load.run()
    return load


@pytest.mark.slow
def test_a_connection_lent_twice(client_of, monkeypatch):
    """Where two requests have a connection at once, that is noticed."""
    client = client_of("redis-redis-py-asyncio")
    assert isinstance(client, Redis)
    real = Core.offer

    def offer(core, entry, now):
        todo = real(core, entry, now)
        if todo.wake and core.waiting:  # to the next one as well
            waiter, _ = core.waiting.popitem(last=False)
            waiter.entry = entry
            todo.wake.append(waiter)
        return todo

    monkeypatch.setattr(Core, "offer", offer)
    load = played(client)

    assert any("was given the connection" in text for text in load.account.wrong)


@pytest.mark.slow
def test_a_connection_used_again_after_an_error(client_of, monkeypatch):
    """Where a connection with half an answer in it is lent again, somebody gets another's answer."""
    client = client_of("redis-sockets-trio")
    monkeypatch.setattr(Judge, "is_discarded", lambda judge, item, error: False)
    load = played(client, 1000)

    assert any("was answered" in text for text in load.account.wrong)


@pytest.mark.slow
def test_a_file_left_open(client_of, monkeypatch):
    """A file that is open at the end is noticed."""
    client = client_of("files-open-threads")
    assert isinstance(client, FilesThreads)
    kept = []
    real = FilesThreads.serve

    def serve(client, connection, tag):
        if not kept:
            kept.append((client.server.path / "left").open("w"))
        return real(client, connection, tag)

    monkeypatch.setattr(FilesThreads, "serve", serve)
    load = played(client, 100)
    kept[0].close()

    assert [line for line in load.left if line.startswith("connection: ") and line.endswith("/left")]


@pytest.mark.slow
def test_what_was_served_and_lost(client_of, monkeypatch):
    """What was served and is not in the ledger is noticed."""
    client = client_of("files-open-threads")
    monkeypatch.setattr(type(client.server), "entries", lambda server: ["request 1"])
    load = played(client, 50)

    assert any("are not in the ledger" in text for text in load.account.wrong)


@pytest.mark.slow
def test_a_fault_that_nobody_feels(client_of, monkeypatch):
    """Where a fault does not happen, the director says so instead of waiting for ever."""
    client = client_of("files-open-threads")
    monkeypatch.setattr(type(client.server), "kill", lambda server: None)
    monkeypatch.setattr("tests.servers.faults.Director.PATIENCE_S", 0.5)
    load = played(client, 100, has_faults=True)

    assert any("is felt: not within" in text for text in load.account.wrong)
