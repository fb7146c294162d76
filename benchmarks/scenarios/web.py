"""S13: a request to a FastAPI application."""

from collections.abc import Callable
from typing import Any

from benchmarks import graphs as g
from benchmarks.case import expect
from benchmarks.scenarios.row import Row


def served(once: Callable[[], Any]) -> None:
    seen = []
    for _ in range(2):
        body, billing, was_open = once()
        expect(body == b'{"ok":true}', "the endpoint's answer")
        expect(type(billing) is g.Billing, "an object of the class")
        connection = billing.accounts.ledger.connection
        expect(type(connection) is g.Connection, "a connection of its class")
        expect(was_open, "a connection that is open while the endpoint runs")
        expect(connection.is_open is False, "the connection closed when the request ends")
        seen.append(connection)
    expect(seen[0] is not seen[1], "another connection in another request")


WEB = (
    Row(
        "S13",
        "FastAPI request: a request-scoped async resource and a chain of three, in-process ASGI",
        "s13",
        served,
        1.08,
        is_async=True,
        peers_named="1.12 (wireup, direct), 1.43 (dishka)",
    ),
)
