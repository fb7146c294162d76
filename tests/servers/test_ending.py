"""A container that is closed under load, while its server works, is gone, or is frozen."""

import pytest

from tests.servers.clients.every import CLIENTS
from tests.servers.ending import Ending

NAMES = [name for name, client in CLIENTS.items() if client.world != "threads"]
HANG_WITH_THEIR_SERVER = ("psycopg_pool", "SQLAlchemy engine")
"""What they lent they take back only when the server answers, whoever cancels; the scopes wait for that in turn."""

IN_USE = "another operation is in progress"
"""What asyncpg says, through SQLAlchemy, of a close while the request that was cut off is in the middle of a query."""


@pytest.mark.slow
@pytest.mark.parametrize("fault", [None, "kill", "freeze"])
@pytest.mark.parametrize("name", NAMES)
def test_closed_under_load(client_of, name, fault):
    """The close ends, every request ends, every connection is closed, nothing is left."""
    client = client_of(name)
    if fault is not None and not hasattr(client.server, fault):
        pytest.skip(f"{client.kind} knows no {fault}")
    if fault == "freeze" and client.name in HANG_WITH_THEIR_SERVER:
        pytest.skip(f"{client.name} waits for a frozen server: docs/servers.md")
    ending = Ending(client, client.server, fault).run()

    if client.pool == "tenure.Pool":  # others complain when what they lent is taken from who works with it
        assert ending.account.wrong == []
    else:
        assert not [text for text in ending.account.wrong if "did not end" in text or "was given" in text]
    assert ending.left == []
    assert "ContainerClosedError" in ending.account.errors
    if fault is None and client.pool == "tenure.Pool":
        assert [text for text in ending.close_errors if IN_USE not in text] == []
