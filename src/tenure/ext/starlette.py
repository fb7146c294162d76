"""
Starlette, and what is made of it: a container that starts and stops with the application, a scope per request.

`Lifespan` is for declarative containers.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from tenure.container import Container
from tenure.errors import BindingError
from tenure.ext.asgi import ScopeMiddleware, note
from tenure.hosting.life import declare, hosting
from tenure.hosting.lifespans import with_life
from tenure.hosting.outcome import forget
from tenure.hosting.routes import functions_of
from tenure.injection import Inject, inject

if TYPE_CHECKING:
    from starlette.applications import Starlette
    from starlette.types import ASGIApp

    from tenure.ext.lifespan import Lifespan

__all__ = ["Inject", "Lifespan", "inject", "setup"]

_HANDLERS = "starlette.exception_handlers"


def setup(app: "Starlette", container: Container, *, scope: str = "request", handlers: Iterable[Any] = ()) -> None:
    """
    Let *app* run on *container*.

    It is started before the lifespan of the application, and closed after it. Each request and each websocket has a
    scope, around everything that handles it, background tasks included; in it `Request` or `WebSocket`, and
    `HTTPConnection`, are given.
    What handlers raise is shown to the resources of the scope, also where the application has an answer for it.

    Args:
        app: an application of Starlette or FastAPI that has not started yet.
        container: left alone if somebody else has started it.
        scope: name of the scopes.
        handlers: functions under `@inject` that are called besides those of the routes, to be checked at the start.

    Raises:
        BindingError: *container* is no type-driven container; or `setup` was called for *app* before.
        ScopeError: it knows no scope of that name.
        RuntimeError: *app* runs already.

    Raises at the start of *app*:
        GraphError: a route asks for something that is not bound, or the container is wrong in itself; nothing was
            opened.
        BindingError: a route is marked with `Inject`, and is not under `@inject`.
    """
    from starlette.requests import HTTPConnection, Request  # noqa: PLC0415 - loads the framework only with it
    from starlette.websockets import WebSocket  # noqa: PLC0415 - as above

    def values(scope: Any, receive: Any, send: Any) -> Mapping[Any, Any]:
        kind: Any = Request if scope["type"] == "http" else WebSocket
        connection = kind(scope, receive, send)
        return {HTTPConnection: connection, kind: connection}

    hosting(container)  # which says what is no container
    if isinstance(app.router.middleware_stack, _Noting):
        raise BindingError("this application has a container already: call setup(app, container) once for each")
    app.add_middleware(ScopeMiddleware, container=container, values=values, scope=scope)
    declare(container, (HTTPConnection, Request, WebSocket), scope)
    _hear_errors_of(app)
    told = tuple(handlers)

    def called() -> list[Any]:
        for mounted in _mounted_in(app):
            _hear_errors_of(mounted)
        return [*functions_of(app), *told]

    app.router.lifespan_context = with_life(app.router.lifespan_context, container, called)


def _mounted_in(app: "Starlette") -> Iterator["Starlette"]:
    """Give the applications below *app*, each of which answers for errors by itself."""
    from starlette.applications import Starlette  # noqa: PLC0415 - loads the framework only with it

    waiting: list[Any] = [app]
    for each in waiting:  # it grows while it is walked
        for route in getattr(each, "routes", None) or ():
            below = getattr(route, "_base_app", getattr(route, "app", None))  # the former has no middleware around it
            if below is not None and not any(below is known for known in waiting):
                waiting.append(below)
                if isinstance(below, Starlette):
                    yield below


def _hear_errors_of(app: "Starlette") -> None:
    if not isinstance(app.router.middleware_stack, _Noting):
        app.router.middleware_stack = _Noting(app.router.middleware_stack)


class _Noting:
    """
    Stands inside what answers for errors, and has the scope of the request hear of each that is answered for.

    Whatever passes by is noted as well: a middleware may answer for it.
    """

    def __init__(self, app: "ASGIApp") -> None:
        self._app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        found = scope.get(_HANDLERS)
        if found is not None:
            scope[_HANDLERS] = tuple(map(_NotingHandlers, found))
        forget(scope)
        try:
            await self._app(scope, receive, send)
        except Exception as error:
            note(scope, error)
            raise


class _NotingHandlers(Mapping[Any, Any]):
    """The handlers of errors, each noting what it is called with."""

    def __init__(self, handlers: Mapping[Any, Any]) -> None:
        self._handlers = handlers

    def __getitem__(self, key: Any) -> Any:
        return _noting(self._handlers[key])

    def __iter__(self) -> Iterator[Any]:
        return iter(self._handlers)

    def __len__(self) -> int:
        return len(self._handlers)


def _noting(handler: Any) -> Any:
    from starlette._utils import is_async_callable  # noqa: PLC0415 - loads the framework only with it

    async def awaited(connection: Any, error: Exception) -> Any:
        note(connection.scope, error)
        return await handler(connection, error)

    def called(connection: Any, error: Exception) -> Any:
        note(connection.scope, error)
        return handler(connection, error)

    return awaited if is_async_callable(handler) else called


def __getattr__(name: str) -> Any:
    """Load `Lifespan` when it is first asked for: only programs with declarative containers do."""
    if name != "Lifespan":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from tenure.ext.lifespan import Lifespan  # noqa: PLC0415 - as above

    globals()["Lifespan"] = Lifespan
    return Lifespan
