import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))  # for `document_support`, which the programs below import

import document_support


@pytest.fixture(params=["asyncio", "trio"])
def anyio_backend(request):
    return request.param


@pytest.fixture
def connections():
    """The connections that a test opens, in order; afterwards each one must be closed, once."""
    made = document_support.Connection.made
    made.clear()
    yield made
    assert [connection.n_closed for connection in made] == [1] * len(made)


@pytest.fixture
def database(tmp_path):
    """Path of a database with a table `users` of three."""
    path = tmp_path / "app.db"
    document_support.make_database(path)
    return path
