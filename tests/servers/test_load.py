"""Requests by the thousand, while the server is cut off, killed, frozen and restarted."""

import pytest

from tests.servers.clients.every import CLIENTS
from tests.servers.load import CROWD, Load

QUICK, WHOLE = 1_000, 10_000
WHOLE_RUNS = ("postgres-asyncpg-asyncio", "postgres-psycopg-threads", "redis-redis-py-asyncio", "redis-sockets-trio")
"""Those of the tests; `python3 dev.py servers` plays the whole on all."""


def survived(client, n_requests):
    """Play *n_requests*, and look at all that has to hold."""
    load = Load(client, client.server, n_requests).run()
    account = load.account

    assert account.wrong == []
    assert load.left == []
    assert account.n_ended == account.n_begun >= n_requests
    assert [each.name for each in account.played] == [each.name for each in load.faults]
    assert all(each.recovery_s is not None for each in account.played)
    return load


@pytest.mark.parametrize("name", ["files-open-threads"])
def test_a_small_load(client_of, name):
    """What has to hold under load is looked at in the shortest of runs as well."""
    load = survived(client_of(name), 200)

    assert load.account.errors.keys() == {"FileNotFoundError"}
    assert load.account.n_failed >= 20  # so many end the fault; who is under way in that moment may fail as well


@pytest.mark.slow
@pytest.mark.parametrize("name", CLIENTS)
def test_quick(client_of, name):
    """No scope hangs, none gets another's connection, the pool recovers, nothing is left: with 1 000 requests."""
    load = survived(client_of(name), QUICK)

    assert load.account.n_served > QUICK / 4
    assert load.stats is None or load.stats.n_making == load.stats.n_out == load.stats.n_waiting == 0


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.parametrize("name", WHOLE_RUNS)
def test_whole(client_of, name):
    """The same with 10 000 requests; outside the faults all are served."""
    load = survived(client_of(name), WHOLE)

    assert load.account.n_served > WHOLE * 0.8
    assert all(load.account.tail[-CROWD:])


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name in CLIENTS if "threads" not in name and "sqlite" not in name])
def test_without_faults(client_of, name):
    """Where nothing happens to the server, every request is served that is not cancelled; SQLite has one writer."""
    load = Load(client_of(name), client_of(name).server, 400, has_faults=False).run()

    assert (load.account.wrong, load.left, load.account.errors) == ([], [], {})
    assert load.account.n_served + load.account.n_gave_up == 400


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name, client in CLIENTS.items() if client.pool != "tenure.Pool"])
def test_pools_of_libraries(client_of, name):
    """A pool of the client library, bound as a plain singleton, is opened once and closed once, whatever happens."""
    client = client_of(name)
    load = survived(client, QUICK)

    assert len(client.made) == 2  # one to warm up, one for the load
    assert all(client.is_closed(pool) for pool in client.made)
    assert load.events == {"opened": 1, "closed": 1}
