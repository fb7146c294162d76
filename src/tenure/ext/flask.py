"""
Flask: a container that starts with the first request, a scope per request, streamed bodies included.

What else is here are providers of applications, extensions and views, under the names that dependency-injector has for
them, for programs that have them; they are loaded when they are first asked for.
"""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from tenure.container import Container
from tenure.errors import BindingError
from tenure.ext.wsgi import FirstRequest, ScopeMiddleware, no_values
from tenure.hosting.life import declare_current, hosting
from tenure.hosting.outcome import note
from tenure.injection import Inject, inject

if TYPE_CHECKING:
    from flask import Flask
    from flask import Request as FlaskRequest

    from tenure.ext.flask_providers import Application, ClassBasedView, Extension, View, as_view
    from tenure.providers import Object

    request: Object[Any]
    """Gives the request of Flask that is being answered."""

__all__ = [
    "Application",
    "ClassBasedView",
    "Extension",
    "Inject",
    "View",
    "as_view",
    "inject",
    "request",
    "setup",
]


def setup(app: "Flask", container: Container, *, scope: str = "request", handlers: Iterable[Any] = ()) -> None:
    """
    Let *app* run on *container*: call it when the routes are there and the container is bound.

    The container is started before the first request, in the process that serves it, and closed when the interpreter
    ends; a server with a hook for the end of its workers calls `container.close()` there. Each request has a scope,
    which is left when the last byte of the response has been sent; in it Flask's `Request` can be asked for.
    What views raise is shown to the resources of the scope, also where the application has an answer for it.
    The container stands in `app.extensions["tenure"]`.

    Args:
        app: an application of Flask.
        container: left alone if somebody else has started it; nothing in it may need an event loop.
        scope: name of the scopes.
        handlers: functions under `@inject` that are called besides the views and what stands around them.

    Raises:
        GraphError: a view asks for something that is not bound, or the container is wrong in itself. Views that are
            added later are looked at before the first request, which then fails.
        BindingError: *container* is no type-driven container; or a view is marked with `Inject`, and is not under
            `@inject`; or `setup` was called for *app* before.
        ScopeError: the container knows no scope of that name.
    """
    host = hosting(container)
    _refuse_second(app)
    _bind_request(app, container, scope)
    told = tuple(handlers)
    host.check([*views_of(app), *told], sync=True)
    start = FirstRequest(host, lambda: [*views_of(app), *told])
    wrapped: Any = ScopeMiddleware(app.wsgi_app, container, start=start, values=no_values, scope=scope)
    app.wsgi_app = wrapped  # type: ignore[method-assign]  # as Flask's documentation has it
    for name in ("handle_user_exception", "handle_exception"):
        setattr(app, name, _noting(getattr(app, name)))
    app.extensions["tenure"] = container


def _refuse_second(app: "Flask") -> None:
    if "tenure" in app.extensions:
        raise BindingError("this application has a container already: call setup(app, container) once for each")


def _bind_request(app: "Flask", container: Container, scope: str) -> None:
    """Let the request of Flask be asked for, which exists only when the scope is open."""
    from flask import Request, request  # noqa: PLC0415 - loads the framework only with it

    def current_request() -> "FlaskRequest":
        return request._get_current_object()  # type: ignore[attr-defined,no-any-return]  # noqa: SLF001 - Flask says so

    declare_current(container, {Request, app.request_class}, current_request, scope)


def views_of(app: Any) -> list[Any]:
    """Return the functions that *app*, an application of Flask or Quart, calls for a request."""
    around = (app.before_request_funcs, app.after_request_funcs, app.teardown_request_funcs)
    found = [getattr(view, "view_class", view) for view in app.view_functions.values()]
    found += [function for each in around for functions in each.values() for function in functions]
    found += [f for codes in app.error_handler_spec.values() for by_class in codes.values() for f in by_class.values()]
    return found


def _noting(answer: Callable[[Exception], Any]) -> Callable[[Exception], Any]:
    """Return *answer*, which makes a response of an error, such that the scope of the request hears of it."""

    def noted(error: Exception) -> Any:
        from flask import request  # noqa: PLC0415 - loads the framework only with it
        from werkzeug.routing import RoutingException  # noqa: PLC0415 - as above

        if not isinstance(error, RoutingException):  # a redirect to the right spelling of an address
            note(request.environ, error)
        return answer(error)

    return noted


def __getattr__(name: str) -> Any:
    """Load a provider when it is first asked for: only programs with declarative containers do."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    import tenure.ext.flask_providers as room  # noqa: PLC0415 - as above

    globals()[name] = found = room.request_provider() if name == "request" else getattr(room, name)
    return found
