"""Sanic: a container that starts and stops in each worker process, a scope per request and per websocket."""

import functools
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from tenure.container import Container
from tenure.errors import BindingError
from tenure.hosting.background import background
from tenure.hosting.life import Hosting, declare, hosting
from tenure.hosting.outcome import answer, note
from tenure.injection import Inject, inject
from tenure.runner.around import inside

if TYPE_CHECKING:
    from sanic import Request, Sanic

__all__ = ["Inject", "background", "inject", "setup"]


def setup(
    app: "Sanic[Any, Any]", container: Container, *, scope: str = "request", handlers: Iterable[Any] = ()
) -> None:
    """
    Let *app* run on *container*.

    Each worker process starts it before the listeners of the start, and closes it behind those of the stop. Each
    request and each websocket has a scope, around everything that handles it: middleware, what is streamed, handlers of
    errors. In it Sanic's `Request` can be asked for. What handlers raise is shown to the resources of the scope, also
    where the application has an answer for it. A task of `add_task` goes on behind its request: `background`
    opens a scope of its own.

    Args:
        app: an application of Sanic that has not started yet; its blueprints are served with it.
        container: left alone if somebody else has started it.
        scope: name of the scopes.
        handlers: functions under `@inject` that are called besides those of the routes and what stands around them.

    Raises:
        BindingError: *container* is no type-driven container; or `setup` was called for *app* before.
        ScopeError: it knows no scope of that name.

    Raises at the start of *app*, where there are several worker processes before the first of them:
        GraphError: a route asks for something that is not bound, or the container is wrong in itself; nothing was
            opened.
        BindingError: a route is marked with `Inject`, and is not under `@inject`.
    """
    from sanic import Request  # noqa: PLC0415 - loads the framework only with it

    host, told = hosting(container), tuple(handlers)
    if hasattr(app, "__tenure_container__"):
        raise BindingError("this application has a container already: call setup(app, container) once for each")
    declare(container, {Request, app.request_class}, scope)

    def called() -> list[Any]:
        return [*_functions_of(app), *told]

    async def check(app: "Sanic[Any, Any]") -> None:
        host.check(called())

    async def noted(request: "Request", exception: Exception, **_: Any) -> None:
        note(vars(request.ctx), exception)

    host.know(called)
    app.main_process_start(check)
    app.add_signal(noted, "websocket.handler.exception")
    methods = _answering(type(app), container, scope) | _living(type(app), container, host, told)
    app.__class__ = _derived(type(app), methods | {"__tenure_container__": container})


def _derived(kind: Any, methods: dict[str, Any]) -> Any:
    """
    Return *kind* with *methods*, for one application.

    An application of Sanic takes no attributes, has no hook that is around a whole request, and no event where its
    start has failed; so it becomes one of a class of its own.
    """
    as_before = {"__module__": kind.__module__, "__qualname__": kind.__qualname__, "__doc__": kind.__doc__}
    sent = {"get_app": kind.get_app}  # goes to the worker processes, where the new class is not known yet
    return type(kind)(kind.__name__, (kind,), {"__slots__": ()} | as_before | sent | methods)


def _answering(kind: Any, container: Container, name: str) -> dict[str, Any]:
    """Return methods that answer requests in scopes of *container*."""
    from sanic import Request  # noqa: PLC0415 - loads the framework only with it

    async def handle_request(self: Any, request: Any) -> None:
        values = {Request: request, type(request): request}
        await answer(container, name, values, vars(request.ctx), kind.handle_request, self, request)

    async def handle_exception(
        self: Any, request: Any, exception: BaseException, *arguments: Any, **named: Any
    ) -> None:
        note(vars(request.ctx), exception)
        await kind.handle_exception(self, request, exception, *arguments, **named)

    return {"handle_request": handle_request, "handle_exception": handle_exception}


def _living(kind: Any, container: Container, host: Hosting, handlers: Iterable[Any]) -> dict[str, Any]:
    """Return the method that tells of the start and the stop of an application, with the container's life around."""
    begun: list[None] = []  # Sanic may tell of an end twice

    async def _server_event(self: Any, concern: str, action: str, *arguments: Any, **named: Any) -> None:
        event = concern, action
        if event == ("init", "before"):
            await host.begin([*_functions_of(self), *handlers])
            begun.append(None)
        try:
            with inside(container):
                await kind._server_event(self, concern, action, *arguments, **named)  # noqa: SLF001 - see `_derived`
        except BaseException as error:
            if concern == "init" or event == ("shutdown", "after"):
                await end(error)
            raise
        if event == ("shutdown", "after"):
            await end(None)

    async def end(error: BaseException | None) -> None:
        if begun:
            begun.pop()
            await host.end(error)

    return {"_server_event": _server_event}


def _functions_of(app: Any) -> Iterator[Any]:
    """Give what *app* calls for a request: handlers, also those of websockets and of errors, and middleware."""
    for route in app.router.routes:
        handler = route.handler
        if isinstance(handler, functools.partial):  # around that of a websocket
            handler = handler.args[0]
        yield getattr(handler, "view_class", handler)
    named = (*app.named_request_middleware.values(), *app.named_response_middleware.values())
    for middleware in (app.request_middleware, app.response_middleware, *named):
        yield from (each.func for each in middleware)
    yield from filter(None, app.error_handler.cached_handlers.values())
