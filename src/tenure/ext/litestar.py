"""Litestar: a container that starts and stops with the application, a scope per request and per websocket."""

from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, asynccontextmanager
from typing import TYPE_CHECKING, Any

from tenure.container import Container
from tenure.errors import BindingError
from tenure.ext.asgi import ScopeMiddleware, note
from tenure.hosting.life import declare, hosting
from tenure.injection import Inject, inject
from tenure.runner.around import inside

if TYPE_CHECKING:
    from litestar import Litestar
    from litestar.config.app import AppConfig

__all__ = ["ContainerPlugin", "Inject", "inject", "setup"]


def setup(app: "Litestar", container: Container, *, scope: str = "request", handlers: Iterable[Any] = ()) -> None:
    """
    Let *app* run on *container*.

    It is started before everything that the application does when it starts, and closed after everything that it does
    when it stops. Each request and each websocket has a scope, around everything that handles it, background tasks
    included; in it Litestar's `Request` or `WebSocket`, and `ASGIConnection`, can be asked for. What handlers raise is
    shown to the resources of the scope, also where the application has an answer for it. Listeners of events go on
    behind the request that emitted them: they open a scope of their own.

    Args:
        app: an application of Litestar that has not started yet.
        container: left alone if somebody else has started it.
        scope: name of the scopes.
        handlers: functions under `@inject` that are called besides those of the routes and what stands around them.

    Raises:
        BindingError: *container* is no type-driven container; or *app* has one already.
        ScopeError: it knows no scope of that name.

    Raises at the start of *app*:
        GraphError: a route asks for something that is not bound, or the container is wrong in itself; nothing was
            opened.
        BindingError: a route is marked with `Inject`, and is not under `@inject`.
    """
    managers = app._lifespan_managers  # noqa: SLF001 - what `lifespan=` and plugins add to
    _live(container, handlers, managers, app.on_shutdown).know(app)
    app.after_exception.append(_note)
    served: Any = app
    served.asgi_handler = _scoped(container, scope)(served.asgi_handler)


class ContainerPlugin:
    """
    Does what `setup` does, where the application is made: `Litestar(plugins=[ContainerPlugin(container)])`.

    Args:
        container: left alone if somebody else has started it.
        scope: name of the scopes.
        handlers: functions under `@inject` that are called besides those of the routes and what stands around them.
    """

    def __init__(self, container: Container, *, scope: str = "request", handlers: Iterable[Any] = ()) -> None:
        self._container = container
        self._scope = scope
        self._handlers = tuple(handlers)

    def on_app_init(self, app_config: "AppConfig") -> "AppConfig":
        """Put the container into *app_config*; raises and lets raise as `setup` does."""
        life = _live(self._container, self._handlers, app_config.lifespan, app_config.on_shutdown)
        app = _application_behind(app_config)
        if app is not None:
            life.know(app)
        app_config.after_exception.append(_note)
        app_config.middleware.insert(0, _scoped(self._container, self._scope))
        return app_config


def _application_behind(config: "AppConfig") -> "Litestar | None":
    """
    Return the application that *config* is for, None where nothing in it says so: it is known when it starts then.

    A plugin is asked to do its part before the application is made. That of Litestar itself for its schema was given it
    nevertheless, and is always there.
    """
    from litestar import Litestar  # noqa: PLC0415 - loads the framework only with it

    known = (getattr(each, "app", None) for each in config.plugins)
    return next((each for each in known if isinstance(each, Litestar)), None)


def _live(container: Container, handlers: Iterable[Any], managers: list[Any], ends: list[Any]) -> "_Life":
    """Put the life of *container* around *managers*, and behind *ends*, which Litestar calls when those have ended."""
    life = _Life(container, handlers)
    if any(isinstance(each, _Life) for each in managers):
        raise BindingError("this application has a container already: call setup(app, container) once for each")
    managers.insert(0, life)
    ends.append(life.end)
    return life


class _Life:
    """The life of a container in that of an application."""

    def __init__(self, container: Container, handlers: Iterable[Any]) -> None:
        self._container = container
        self._host = hosting(container)
        self._handlers = tuple(handlers)
        self._runs: list[AbstractContextManager[None]] = []
        self._error: BaseException | None = None

    def know(self, app: "Litestar") -> None:
        """Let checks before the start ask what *app* calls."""
        self._called = lambda: self._functions_of(app)
        self._host.know(self._called)

    def _functions_of(self, app: "Litestar") -> list[Any]:
        return [*_functions_of(app), *self._handlers]

    @asynccontextmanager
    async def __call__(self, app: "Litestar") -> AsyncIterator[None]:
        await self._host.begin(self._functions_of(app))
        self._error = None
        self._runs.append(run := inside(self._container))
        run.__enter__()
        try:
            yield
        except BaseException as error:
            self._error = error
            raise

    async def end(self) -> None:
        """Close the container, unless it did not start."""
        if self._runs:
            self._runs.pop().__exit__(None, None, None)
            error, self._error = self._error, None
            await self._host.end(error)


def _scoped(container: Container, scope: str) -> Callable[[Any], Any]:
    """Return what puts a scope of *container* around an application of ASGI."""
    from litestar import Request, WebSocket  # noqa: PLC0415 - loads the framework only with it
    from litestar.connection import ASGIConnection  # noqa: PLC0415 - as above

    declare(container, (ASGIConnection, Request, WebSocket), scope)

    def values(scope: Any, receive: Any, send: Any) -> Mapping[Any, Any]:
        app = scope.get("litestar_app") or scope["app"]  # the latter alone in its older releases
        key: Any = Request if scope["type"] == "http" else WebSocket
        connection = (app.request_class if key is Request else app.websocket_class)(scope, receive, send)
        return {ASGIConnection: connection, key: connection}

    def scoped(app: Any) -> Any:
        return ScopeMiddleware(app, container, values=values, scope=scope)

    return scoped


async def _note(error: Exception, scope: Any) -> None:
    note(scope, error)


def _functions_of(app: "Litestar") -> Iterator[Any]:
    """Give what *app* calls for its routes: handlers, methods of controllers, dependencies, and what stands around."""
    route: Any
    for route in app.routes:
        for handler in route.route_handlers if hasattr(route, "route_handlers") else (route.route_handler,):
            function = handler.fn
            yield getattr(function, "_fn", function)  # that of a listener of websockets stands in an object
            yield from (each.dependency for each in handler.resolve_dependencies().values())
            yield from handler.resolve_guards()
            yield from handler.resolve_exception_handlers().values()
            for around in ("before_request", "after_request", "after_response"):
                called = getattr(handler, f"resolve_{around}", _nothing)()
                if called is not None:
                    yield called


def _nothing() -> None:
    return None
