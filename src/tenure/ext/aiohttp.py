"""
aiohttp: a container that starts and stops with the application, a scope per request, streams and websockets included.

What else is here are providers of applications, extensions, middleware and views, under the names that
dependency-injector has for them, for programs that have them; they are loaded when they are first asked for.
"""

from collections.abc import AsyncIterator, Iterable
from typing import TYPE_CHECKING, Any

from tenure.container import Container
from tenure.errors import BindingError
from tenure.hosting.life import declare, hosting
from tenure.hosting.routes import functions_of
from tenure.hosting.scoped import forget, note, scoped
from tenure.injection import Inject, inject

if TYPE_CHECKING:
    from aiohttp import web

    from tenure.ext.aiohttp_providers import (
        Application,
        ClassBasedView,
        CleanupContext,
        Extension,
        Middleware,
        MiddlewareFactory,
        View,
    )

__all__ = [
    "Application",
    "ClassBasedView",
    "CleanupContext",
    "Extension",
    "Inject",
    "Middleware",
    "MiddlewareFactory",
    "View",
    "inject",
    "setup",
]


def setup(
    app: "web.Application", container: Container, *, scope: str = "request", handlers: Iterable[Any] = ()
) -> None:
    """
    Let *app* run on *container*: call it when the middlewares are there.

    It is started before everything in `cleanup_ctx`, and closed after it. Each request has a scope, around everything
    that handles it, websockets and streamed bodies included; in it aiohttp's `Request` can be asked for. What handlers
    raise is shown to its resources, also where a middleware of *app* makes a response of it; save a `web.HTTPException`
    with a status below 400, which is an answer.

    Args:
        app: an application that has not started yet; its subapplications are served with it.
        container: left alone if somebody else has started it.
        scope: name of the scopes.
        handlers: functions under `@inject` that are called besides those of the routes, to be checked at the start.

    Raises:
        BindingError: *container* is no type-driven container; or `setup` was called for *app* before.
        ScopeError: it knows no scope of that name.

    Raises at the start of *app*:
        GraphError: a route asks for something that is not bound, or the container is wrong in itself; nothing was
            opened.
        BindingError: a route is marked with `Inject`, and is not under `@inject`.
    """
    from aiohttp import web  # noqa: PLC0415 - loads the framework only with it

    host, told = hosting(container), tuple(handlers)
    if any(hasattr(each, "__tenure_container__") for each in app.middlewares):
        raise BindingError("this application has a container already: call setup(app, container) once for each")
    declare(container, (web.Request,), scope)

    def called() -> list[Any]:
        return [*functions_of(app), *told]

    async def life(app: "web.Application") -> AsyncIterator[None]:
        await host.begin(called())
        yield
        await host.end(None)

    @web.middleware
    async def around(request: "web.Request", handler: Any) -> "web.StreamResponse":
        answer: Any = None
        async with scoped(container, scope, {web.Request: request}):
            try:
                answer = await handler(request)
            except web.HTTPException as raised:
                if raised.status >= 400:
                    raise
                answer = raised
            else:
                await _send_stream(answer, request)
        if isinstance(answer, web.HTTPException):
            raise answer
        found: web.StreamResponse = answer
        return found

    host.know(called)
    vars(around)["__tenure_container__"] = container
    app.cleanup_ctx.insert(0, life)
    app.middlewares.insert(0, around)
    app.middlewares.append(_noting())


def _noting() -> Any:
    """Return the middleware that is inside all others, of which one may make a response of an error."""
    from aiohttp import web  # noqa: PLC0415 - loads the framework only with it

    @web.middleware
    async def noting(request: "web.Request", handler: Any) -> "web.StreamResponse":
        try:
            response: web.StreamResponse = await handler(request)
        except Exception as error:
            if not isinstance(error, web.HTTPException) or error.status >= 400:
                note(error)
            raise
        forget()  # an attempt before this one
        return response

    return noting


async def _send_stream(response: Any, request: "web.Request") -> None:
    """Send a body that has yet to be made while the scope is open; aiohttp itself would send it afterwards."""
    from aiohttp.payload import AsyncIterablePayload  # noqa: PLC0415 - loads the framework only with it

    if isinstance(getattr(response, "body", None), AsyncIterablePayload):
        await response.prepare(request)
        await response.write_eof()


def __getattr__(name: str) -> Any:
    """Load a provider when it is first asked for: only programs with declarative containers do."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    import tenure.ext.aiohttp_providers as room  # noqa: PLC0415 - as above

    globals()[name] = found = getattr(room, name)
    return found
