"""
Any ASGI application on a container: a scope per request or websocket, the container's life by the lifespan protocol.

What the integrations of Starlette, FastAPI and Django stand on. Imports no framework.
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping, MutableMapping
from typing import Any, TypeAlias

from tenure.container import Container
from tenure.hosting.asgi_lifespan import Lifespan
from tenure.hosting.life import declare, hosting
from tenure.hosting.outcome import answer, note
from tenure.hosting.routes import functions_of
from tenure.injection import Inject, inject
from tenure.record import record

__all__ = ["Connection", "Inject", "ScopeMiddleware", "inject", "note", "setup"]

Scope: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[Any]]
Send: TypeAlias = Callable[[Any], Awaitable[None]]
App: TypeAlias = Callable[[Any, Any, Any], Awaitable[None]]
Values: TypeAlias = Callable[[Any, Any, Any], Mapping[Any, Any]]


@record(eq=False)
class Connection:
    """A request or a websocket, as an ASGI application is called with it."""

    scope: Scope
    receive: Receive
    send: Send


def _connection(scope: Scope, receive: Receive, send: Send) -> Mapping[Any, Any]:
    return {Connection: Connection(scope, receive, send)}


class ScopeMiddleware:
    """
    Opens a scope around each request and each websocket, for whatever happens inside: background tasks included.

    The scope is left when the application has returned: after the last byte of a streamed response and after background
    tasks of the framework's. It is shown the error that left the application, a cancellation when the client has gone,
    and what was given to `note`.

    Args:
        app: an ASGI application.
        container: where the values come from.
        values: called with the three arguments of ASGI; returns what is given to the scope, by key.
        scope: name of the scopes.
    """

    def __init__(self, app: App, container: Container, *, values: Values = _connection, scope: str = "request") -> None:
        self._app = app
        self._container = container
        self._values = values
        self._name = scope

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection of ASGI."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        values = self._values(scope, receive, send)
        await answer(self._container, self._name, values, scope, self._app, scope, receive, send)


def setup(app: App, container: Container, *, scope: str = "request", handlers: Iterable[Any] = ()) -> App:
    """
    Return *app* on *container*: started and closed by the lifespan protocol, with a scope around each connection.

    An application that does not speak that protocol itself, such as Django's, needs not.

    Args:
        app: an ASGI application.
        container: started before the application, closed after it; left alone if somebody else has started it.
        scope: name of the scopes; inside, `Connection` is given.
        handlers: functions under `@inject` that the application calls, to be checked before anything is opened.

    Raises:
        BindingError: *container* is no type-driven container.
        ScopeError: it knows no scope of that name.
    """
    host = hosting(container)
    declare(container, (Connection,), scope)
    told = tuple(handlers)
    return Lifespan(ScopeMiddleware(app, container, scope=scope), host, lambda: [*functions_of(app), *told])
