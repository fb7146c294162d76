"""
Providers of aiohttp applications, extensions, middleware and views, under the names that dependency-injector has.

They are for programs that have them; `@inject` on a handler does the same for less: see `tenure.wiring`.
"""

import functools
import inspect
from collections.abc import AsyncIterator, Awaitable
from collections.abc import Callable as CallableType
from typing import Any

from tenure.containers import Container
from tenure.ext.lifespan import Lifespan
from tenure.providers import BaseResource, Callable, DelegatedCallable, Factory, Resource, Singleton
from tenure.providers.base import T_co

__all__ = ["Application", "ClassBasedView", "CleanupContext", "Extension", "Middleware", "MiddlewareFactory", "View"]


class Application(Singleton[T_co]):
    """Makes an aiohttp application, once."""

    __slots__ = ()


class Extension(Singleton[T_co]):
    """Makes an extension of an application, once."""

    __slots__ = ()


class Middleware(DelegatedCallable[T_co]):
    """A middleware with what it needs besides the request and the handler: `Middleware(log_requests, logger)`."""

    __slots__ = ()
    __middleware_version__ = 1


class MiddlewareFactory(Factory[T_co]):
    """Makes a middleware: `MiddlewareFactory(limit_requests, config.rate)`."""

    __slots__ = ()


class View(Callable[T_co]):
    """Calls a handler, at every request."""

    __slots__ = ()

    def as_view(self) -> CallableType[..., Awaitable[Any]]:
        """Return a function to be given as a handler, with the name of the one behind it."""
        return functools.update_wrapper(_handler(self), self.provides)


class ClassBasedView(Factory[T_co]):
    """Makes a class-based view, at every request."""

    __slots__ = ()

    def as_view(self) -> CallableType[..., Awaitable[Any]]:
        """Return a function to be given as a handler."""
        view: CallableType[..., Awaitable[Any]] = _handler(self)
        for name in ("__name__", "__doc__", "__module__"):
            setattr(view, name, getattr(self.provides, name))
        return view


def _handler(provider: Any) -> Any:
    async def view(request: Any, *args: Any, **kwargs: Any) -> Any:
        made = await provider.async_(request, *args, **kwargs)
        return await made if inspect.isawaitable(made) else made  # a class-based view is awaited for its response

    return view


class CleanupContext:
    """
    Opens the resources of a container when an application starts and closes them when it stops.

    `app.cleanup_ctx.append(CleanupContext(container))`; see `tenure.ext.starlette.Lifespan`, which it is for aiohttp.

    Args:
        container: the container.
        resource_type: which of its resources; a subclass of `providers.BaseResource`.
    """

    def __init__(self, container: Container, resource_type: type[BaseResource[Any]] = Resource) -> None:
        self._lifespan = Lifespan(container, resource_type)

    async def __call__(self, app: Any) -> AsyncIterator[None]:
        """Open the resources; close them when the application goes on."""
        async with self._lifespan(app):
            yield
