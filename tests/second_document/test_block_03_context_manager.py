"""A class that is a context manager as initializer: entered and exited by the container."""

import pytest

from tenure import containers, providers

# The document's program.


class DatabaseConnection:
    def __init__(self, host, port, user, password):
        self.host = host
        self.port = port
        self.user = user
        self.password = password

    def __enter__(self):
        print(f"Connecting to {self.host}:{self.port} as {self.user}")
        return self

    def __exit__(self, exc_type, exc_val, exc_tb):
        print("Closing connection")


class Container(containers.DeclarativeContainer):
    config = providers.Configuration()
    db = providers.Resource(
        DatabaseConnection,
        host=config.db.host,
        port=config.db.port,
        user=config.db.user,
        password=config.db.password,
    )


# What holds of it.

OPENED, CLOSED = "Connecting to localhost:5432 as ann", "Closing connection"


@pytest.fixture
def container():
    return Container(config={"db": {"host": "localhost", "port": 5432, "user": "ann", "password": "secret"}})


def test_it_is_entered_and_exited(container, lines):
    """Once."""
    container.init_resources()
    container.init_resources()
    assert lines() == [OPENED]

    container.shutdown_resources()
    container.shutdown_resources()
    assert lines() == [CLOSED]


def test_the_value_is_what_enter_gives(container):
    """Here the connection itself."""
    db = container.db()

    assert type(db) is DatabaseConnection
    assert (db.host, db.port, db.user, db.password) == ("localhost", 5432, "ann", "secret")
    assert container.db() is db
    container.shutdown_resources()


def test_it_opens_again(container, lines):
    """Anew."""
    for _ in range(2):
        container.db.init()
        container.db.shutdown()

    assert lines() == [OPENED, CLOSED] * 2


def test_inside_a_scope(container, lines):
    """It lives as long as the scope that needed it."""
    with container.resource_scope():
        container.db()
    assert lines() == [OPENED, CLOSED]


def test_the_error_of_a_scope_is_shown_to_it(container, monkeypatch):
    """As a `with` statement would."""
    shown = []
    monkeypatch.setattr(DatabaseConnection, "__exit__", lambda self, *outcome: shown.append(outcome))
    error = LookupError()
    with pytest.raises(LookupError), container.resource_scope():
        container.db()
        raise error

    assert shown == [(LookupError, error, error.__traceback__)]
