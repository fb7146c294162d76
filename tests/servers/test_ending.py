"""A container that is closed under load, while its server works, is gone, or is frozen."""

import pytest

from tests.servers.clients.every import CLIENTS
from tests.servers.ending import Ending

NAMES = [name for name, client in CLIENTS.items() if client.world != "threads"]


@pytest.mark.slow
@pytest.mark.parametrize("fault", [None, "kill", "freeze"])
@pytest.mark.parametrize("name", NAMES)
def test_closed_under_load(client_of, name, fault):
    """The close ends, every request ends, every connection is closed, nothing is left."""
    client = client_of(name)
    if fault is not None and not hasattr(client.server, fault):
        pytest.skip(f"{client.kind} knows no {fault}")
    ending = Ending(client, client.server, fault).run()

    assert ending.account.wrong == []
    assert ending.left == []
    assert "ContainerClosedError" in ending.account.errors
    if fault is None:
        assert ending.close_errors == []
