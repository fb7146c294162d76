"""Django, by ASGI or by WSGI: a container that starts and stops with the server, a scope per request."""

import contextvars
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from tenure.container import Container
from tenure.errors import BindingError
from tenure.ext import asgi, wsgi
from tenure.hosting.asgi_lifespan import Lifespan
from tenure.hosting.life import declare_current, hosting
from tenure.hosting.outcome import note
from tenure.injection import Inject, inject

if TYPE_CHECKING:
    from django.http import HttpRequest

__all__ = ["Inject", "inject", "setup"]

_request: "contextvars.ContextVar[HttpRequest]" = contextvars.ContextVar("tenure.django.request")


def setup(app: Any, container: Container, *, scope: str = "request", handlers: Iterable[Any] = ()) -> Any:
    """
    Return what `get_asgi_application()` or `get_wsgi_application()` has made, on *container*.

    By ASGI the container is started and closed by the lifespan protocol, which Django itself does not speak; by WSGI it
    is started before the first request and closed when the interpreter ends, or by `container.close()`.
    Each request has a scope, which is left when the last byte of the response has been sent; in it Django's
    `HttpRequest` can be asked for. What views raise is shown to the resources of the scope, also where Django makes a
    response of it.

    Args:
        app: one application of Django.
        container: left alone if somebody else has started it; by WSGI nothing in it may need an event loop.
        scope: name of the scopes.
        handlers: functions under `@inject` that are called besides the views.

    Raises:
        BindingError: *app* or *container* is something else; by WSGI as `tenure.ext.wsgi.setup` says.
        GraphError: by WSGI, a view asks for something that is not bound, or the container is wrong in itself.
        ScopeError: the container knows no scope of that name.

    Raises at the start of the server, by ASGI:
        GraphError, BindingError: as above; nothing was opened.
    """
    from django.core.handlers.asgi import ASGIHandler  # noqa: PLC0415 - loads the framework only with it
    from django.core.handlers.wsgi import WSGIHandler  # noqa: PLC0415 - as above
    from django.http import HttpRequest  # noqa: PLC0415 - as above

    if not isinstance(app, ASGIHandler | WSGIHandler):
        raise BindingError(
            f"setup takes what get_asgi_application() or get_wsgi_application() has made, not {app!r}; "
            "call it before other middleware"
        )
    host, told = hosting(container), tuple(handlers)
    declare_current(container, (HttpRequest,), _current_request, scope)
    if isinstance(app, WSGIHandler):
        host.check([*_views(), *told], sync=True)
    served: Any = app
    _keep_requests(served)
    served._exception_middleware.insert(0, _note)  # noqa: SLF001 - what a middleware with `process_exception` adds to
    if isinstance(app, ASGIHandler):
        return Lifespan(
            asgi.ScopeMiddleware(served, container, scope=scope, values=_none), host, lambda: [*_views(), *told]
        )
    start = wsgi.FirstRequest(host, lambda: [*_views(), *told])
    return wsgi.ScopeMiddleware(served, container, start=start, values=wsgi.no_values, scope=scope)


def _current_request() -> "HttpRequest":
    return _request.get()


def _none(scope: Any, receive: Any, send: Any) -> dict[Any, Any]:
    return {}


def _keep_requests(app: Any) -> None:
    """Have the request that is being answered be known in its context, from where Django has made it."""
    get, aget = app.get_response, app.get_response_async

    def get_response(request: Any) -> Any:
        _request.set(request)
        response = get(request)
        # before `request_finished`, where Django gives up connections with an open transaction
        response._resource_closers.insert(0, request.environ[wsgi.LEAVE])  # noqa: SLF001 - Django offers nothing else
        return response

    async def get_response_async(request: Any) -> Any:
        _request.set(request)
        return await aget(request)

    app.get_response, app.get_response_async = get_response, get_response_async


def _note(request: Any, error: Exception) -> None:
    note(request.scope if hasattr(request, "scope") else request.environ, error)


def _views() -> list[Any]:
    """Return the views that addresses lead to."""
    from django.urls import get_resolver  # noqa: PLC0415 - loads the framework only with it

    return [getattr(view, "view_class", view) for view in _below(get_resolver())]


def _below(resolver: Any) -> Iterator[Any]:
    for pattern in resolver.url_patterns:
        if hasattr(pattern, "url_patterns"):
            yield from _below(pattern)
        else:
            yield pattern.callback
