"""Clients and their servers, or the reason why they are not here."""

import pytest

from tests.real.running import ServerMissingError
from tests.real.started import server_of
from tests.servers.clients.every import client_class


@pytest.fixture
def client_of():
    """Return a client by its name, on its server; the test is skipped where one of them is missing."""

    def client_of(name):
        try:
            found = client_class(name)
            return found(server_of(found.kind))
        except ServerMissingError as missing:
            pytest.skip(str(missing))

    return client_of
