"""Quart: a container that starts and stops with the application, a scope per request and per websocket."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from tenure.container import Container
from tenure.errors import BindingError
from tenure.ext.asgi import ScopeMiddleware
from tenure.ext.flask import views_of
from tenure.hosting.background import background
from tenure.hosting.life import Hosting, declare_current, hosting
from tenure.hosting.outcome import note
from tenure.injection import Inject, inject

if TYPE_CHECKING:
    from quart import Quart

__all__ = ["Inject", "background", "inject", "setup"]


def setup(app: "Quart", container: Container, *, scope: str = "request", handlers: Iterable[Any] = ()) -> None:
    """
    Let *app* run on *container*.

    It is started before everything that the application does when it starts to serve, and closed after everything that
    it does then. Each request and each websocket has a scope, which is left when the last byte has been sent; in it
    Quart's `Request` or `Websocket` can be asked for. What views raise is shown to the resources of the scope, also
    where the application has an answer for it. A task of `add_background_task` goes on behind its request:
    `background` opens a scope of its own.

    Args:
        app: an application of Quart that does not serve yet.
        container: left alone if somebody else has started it.
        scope: name of the scopes.
        handlers: functions under `@inject` that are called besides the views and what stands around them.

    Raises:
        BindingError: *container* is no type-driven container; or `setup` was called for *app* before.
        ScopeError: it knows no scope of that name.

    Raises at the start of *app*:
        GraphError: a view asks for something that is not bound, or the container is wrong in itself; nothing was
            opened.
        BindingError: a view is marked with `Inject`, and is not under `@inject`.
    """
    host, told = hosting(container), tuple(handlers)
    if "tenure" in app.extensions:
        raise BindingError("this application has a container already: call setup(app, container) once for each")
    _bind_requests(app, container, scope)

    _live_with(app, host, told)
    served: Any = app
    served.asgi_app = ScopeMiddleware(served.asgi_app, container, values=_nothing, scope=scope)
    for name in ("handle_user_exception", "handle_exception", "handle_websocket_exception"):
        setattr(app, name, _noting(getattr(app, name)))
    app.extensions["tenure"] = container


def _live_with(app: Any, host: Hosting, handlers: Iterable[Any]) -> None:
    """Put the life of the container around what *app* does when it starts and stops."""
    start, stop = app.startup, app.shutdown

    def called() -> list[Any]:
        return [*views_of(app), *handlers]

    async def startup() -> None:
        await host.begin(called())
        try:
            await start()
        except BaseException as error:
            await host.end(error)
            raise

    async def shutdown() -> None:
        try:
            await stop()
        except BaseException as error:
            await host.end(error)
            raise
        await host.end(None)

    host.know(called)
    app.startup, app.shutdown = startup, shutdown


def _nothing(scope: Any, receive: Any, send: Any) -> Mapping[Any, Any]:
    return {}


def _bind_requests(app: Any, container: Container, scope: str) -> None:
    """Let the requests of Quart be asked for, which exist only when the scope is open."""
    from quart import Request, Websocket, request, websocket  # noqa: PLC0415 - loads the framework only with it

    def current_request() -> Any:
        return request._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001 - as Flask says

    def current_websocket() -> Any:
        return websocket._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001 - as above

    for keys, current in (
        ({Request, app.request_class}, current_request),
        ({Websocket, app.websocket_class}, current_websocket),
    ):
        declare_current(container, keys, current, scope)


def _noting(answer: Any) -> Any:
    """Return *answer*, which makes a response of an error, such that the scope of the request hears of it."""

    async def noted(error: Exception) -> Any:
        from quart import has_request_context, request, websocket  # noqa: PLC0415 - loads the framework only with it
        from werkzeug.routing import RoutingException  # noqa: PLC0415 - as above

        if not isinstance(error, RoutingException):  # a redirect to the right spelling of an address
            note((request if has_request_context() else websocket).scope, error)
        return await answer(error)

    return noted
