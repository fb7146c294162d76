"""FastMCP: a container that starts and stops with the server, a scope per request, by its lifespan and middleware."""

from collections.abc import Iterable, Iterator
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

from tenure.container import Container
from tenure.errors import BindingError
from tenure.hosting.life import declare, hosting
from tenure.hosting.lifespans import with_life
from tenure.hosting.scoped import called, note
from tenure.injection import Inject, inject

if TYPE_CHECKING:
    from fastmcp import FastMCP

__all__ = ["Inject", "inject", "setup"]

_serving: ContextVar[Container | None] = ContextVar("tenure_serving", default=None)
"""Whose scope is open around the current request."""

_WRAPPERS = ("Error calling tool ", "Error reading resource ", "Error rendering prompt ")
"""How the texts of errors begin that FastMCP makes of what a function raised."""


def setup(
    server: "FastMCP[Any]", container: Container, *, scope: str = "request", handlers: Iterable[Any] = ()
) -> None:
    """
    Let *server* run on *container*: call it when its components, middleware and mounted servers are there.

    It is started before the lifespan of the server, and closed after it, whatever the transport. Each request has a
    scope, around all middleware; in it `Context` is given. What a function raises is shown to the resources, whatever
    the client is told of it. Servers that are mounted belong to the request, and need no `setup` of their own.

    Args:
        server: a server that has not started yet.
        container: left alone if somebody else has started it.
        scope: name of the scopes.
        handlers: functions under `@inject` that are called besides tools, resources and prompts, to be checked at the
            start.

    Raises:
        BindingError: *container* is no type-driven container; or `setup` was called for *server* before.
        ScopeError: it knows no scope of that name.

    Raises at the start of *server*:
        GraphError: a function asks for something that is not bound, or the container is wrong in itself; nothing was
            opened.
        BindingError: a function is marked with `Inject`, and is not under `@inject`.
    """
    from fastmcp import Context  # noqa: PLC0415 - loads the framework only with it

    hosting(container)  # which says what is no container
    told = tuple(handlers)
    if any(hasattr(each, "__tenure_container__") for each in server.middleware):
        raise BindingError("this server has a container already: call setup(server, container) once for each")
    declare(container, (Context,), scope)
    around, within = _middleware(container, scope)
    server.middleware.insert(0, around)
    server.add_middleware(within)
    own = server._lifespan  # noqa: SLF001 - not to be had otherwise once the server is made
    server._lifespan = with_life(own, container, lambda: [*_functions(server), *told])  # noqa: SLF001 - as above


def _middleware(container: Container, scope: str) -> tuple[Any, Any]:
    """Return what opens the scope, around all others, and what notes errors before others have an answer for them."""
    from fastmcp import Context  # noqa: PLC0415 - loads the framework only with it
    from fastmcp.server.middleware import Middleware  # noqa: PLC0415 - as above

    class ScopeMiddleware(Middleware):
        """Opens a scope for a request, unless it is part of one, as of a tool that reads a resource."""

        __tenure_container__ = container

        async def on_request(self, context: Any, call_next: Any) -> Any:
            if _serving.get() is container:
                return await call_next(context)
            token = _serving.set(container)
            values = {} if context.fastmcp_context is None else {Context: context.fastmcp_context}
            try:
                return await called(container, scope, values, lambda: call_next(context))
            finally:
                _serving.reset(token)

    class NotingMiddleware(Middleware):
        """Notes an error."""

        async def on_request(self, context: Any, call_next: Any) -> Any:
            try:
                return await call_next(context)
            except BaseException as error:
                is_wrapped = error.__cause__ is not None and str(error).startswith(_WRAPPERS)
                note(error.__cause__ if is_wrapped and error.__cause__ is not None else error)
                raise

    return ScopeMiddleware(), NotingMiddleware()


def _functions(server: Any) -> Iterator[Any]:
    """Give the functions that *server* and those mounted on it call."""
    found = list(server.providers)
    for provider in found:  # which grows
        found += [inner for inner in (getattr(provider, "_inner", None),) if inner is not None]
        found += getattr(getattr(provider, "server", None), "providers", ())
        for component in getattr(provider, "_components", {}).values():
            if hasattr(component, "fn"):
                yield component.fn
