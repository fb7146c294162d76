"""
Providers of Flask applications, extensions and views, under the names that dependency-injector has for them.

They are for programs that have them; `@inject` on a view does the same for less: see `tenure.wiring`.
"""

import functools
from collections.abc import Callable as CallableType
from typing import Any

from tenure.errors import Error
from tenure.providers import Callable, Factory, Object, Provider, Singleton
from tenure.providers.base import T_co
from tenure.providers.configuration.extras import optional_module

__all__ = ["Application", "ClassBasedView", "Extension", "View", "as_view", "request_provider"]


def request_provider() -> Object[Any]:
    """Return what gives the request of Flask that is being answered; only that needs Flask."""
    flask = optional_module("flask", package="Flask", extra="flask", purpose="the request of Flask")
    return Object(flask.request)


class Application(Singleton[T_co]):
    """Makes a Flask application, once."""

    __slots__ = ()


class Extension(Singleton[T_co]):
    """Makes a Flask extension, once."""

    __slots__ = ()


class View(Callable[T_co]):
    """Calls a view function, at every request."""

    __slots__ = ()

    def as_view(self) -> CallableType[..., T_co]:
        """Return a function to be given as a view, with the name of the one behind it."""
        return as_view(self)


class ClassBasedView(Factory[T_co]):
    """Makes a class-based view, at every request."""

    __slots__ = ()

    def as_view(self, name: str) -> CallableType[..., T_co]:
        """
        Return a function to be given as a view.

        Args:
            name: the endpoint.
        """
        return as_view(self, name)


def as_view(provider: Provider[Any], name: str | None = None) -> CallableType[..., Any]:
    """
    Return a function to be given to Flask as a view.

    Args:
        provider: a `Callable` of a view function, or a `Factory` of a class-based view.
        name: the endpoint; None: the name of the function. A class-based view has to have one.

    Raises:
        Error: it is neither, or a class-based view without a name.
    """
    if isinstance(provider, Factory):
        return _of_class(provider, name)
    if not isinstance(provider, Callable):
        raise Error(f"a view is made of a Callable or a Factory, not of {provider}")

    @functools.wraps(provider.provides)
    def view(*args: Any, **kwargs: Any) -> Any:
        return provider(*args, **kwargs)

    view.__name__ = name or view.__name__
    return view


def _of_class(provider: Factory[Any], name: str | None) -> CallableType[..., Any]:
    if not name:
        raise Error(f"the class-based view {provider} needs the name of an endpoint: as_view('name')")
    cls = provider.provides

    def view(*args: Any, **kwargs: Any) -> Any:
        return provider().dispatch_request(*args, **kwargs)

    decorated: Any = view
    for decorate in (_plainly, *(getattr(cls, "decorators", None) or ())):
        decorated = decorate(decorated)
        decorated.__name__, decorated.__doc__, decorated.__module__ = name, cls.__doc__, cls.__module__
    decorated.view_class = cls
    decorated.methods = getattr(cls, "methods", None)
    decorated.provide_automatic_options = getattr(cls, "provide_automatic_options", None)
    made: CallableType[..., Any] = decorated
    return made


def _plainly(view: Any) -> Any:
    return view
