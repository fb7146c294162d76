"""S13: one request to a FastAPI application, in this process, as a server would call it."""

from collections.abc import Callable
from typing import Any

from fastapi import FastAPI

from benchmarks import graphs as g
from benchmarks.case import Case

SCOPE = {
    "type": "http",
    "asgi": {"version": "3.0", "spec_version": "2.3"},
    "http_version": "1.1",
    "method": "GET",
    "scheme": "http",
    "path": "/",
    "raw_path": b"/",
    "query_string": b"",
    "root_path": "",
    "headers": [(b"host", b"localhost")],
    "client": ("127.0.0.1", 50000),
    "server": ("127.0.0.1", 80),
}


class Served:
    """What the last request was answered with."""

    billing: g.Billing
    was_open: bool


def answer(billing: g.Billing) -> dict[str, bool]:
    """Return what every endpoint answers."""
    Served.billing = billing
    Served.was_open = billing.accounts.ledger.connection.is_open
    return {"ok": True}


async def receive() -> dict[str, Any]:
    return {"type": "http.request", "body": b"", "more_body": False}


async def serve(app: FastAPI) -> tuple[bytes, g.Billing, bool]:
    """Make one request of *app*; return the body and what the endpoint was given."""
    body = b""

    async def send(message: dict[str, Any]) -> None:
        nonlocal body
        body += message.get("body", b"")

    await app(dict(SCOPE), receive, send)
    return body, Served.billing, Served.was_open


def application(endpoint: Callable[..., Any]) -> FastAPI:
    """Return an application with *endpoint*."""
    app = FastAPI(openapi_url=None)
    app.get("/")(endpoint)
    return app


def case(app: FastAPI, close: Callable[[], Any] | None = None, note: str = "") -> Case:
    """Return the case of one request of *app*."""
    return Case("await serve(app)", {"serve": serve, "app": app}, close, note)
