"""
Any WSGI application on a container: a scope per request, in which streamed bodies run as well.

What the integrations of Flask and Django stand on. Imports no framework.
"""

import atexit
import contextvars
import threading
import weakref
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, TypeAlias

from tenure.container import Container
from tenure.hosting.life import Hosting, declare, hosting
from tenure.hosting.outcome import KEY, Outcome, note
from tenure.injection import Inject, inject
from tenure.record import record

__all__ = ["Inject", "Request", "ScopeMiddleware", "inject", "note", "setup"]

LEAVE = "tenure.leave"
"""Where the environ has what leaves the scope of the request at once, for frameworks whose own end comes too soon."""

Environ: TypeAlias = dict[str, Any]
App: TypeAlias = Callable[[Environ, Any], Iterable[bytes]]
Values: TypeAlias = Callable[[Environ], Mapping[Any, Any]]
Handlers: TypeAlias = Callable[[], Iterable[Any]]


@record(eq=False)
class Request:
    """A request, as a WSGI application is called with it."""

    environ: Environ


def _request(environ: Environ) -> Mapping[Any, Any]:
    return {Request: Request(environ)}


def no_values(environ: Environ) -> Mapping[Any, Any]:
    """Give nothing to the scope."""
    return {}


class ScopeMiddleware:
    """
    Opens a scope around each request, left when the body of the response has been read to its end, or is closed.

    Each request has a context of its own (`contextvars`), in which the application is called, its body is read and its
    scope is left, whichever thread of the server does so.

    Args:
        app: a WSGI application.
        container: where the values come from.
        start: called before each request.
        values: called with the environ; returns what is given to the scope, by key.
        scope: name of the scopes.
    """

    def __init__(
        self,
        app: App,
        container: Container,
        *,
        start: Callable[[], None] = lambda: None,
        values: Values = _request,
        scope: str = "request",
    ) -> None:
        self._app = app
        self._container = container
        self._start = start
        self._values = values
        self._name = scope

    def __call__(self, environ: Environ, start_response: Any) -> Iterable[bytes]:
        """Serve one request of WSGI."""
        self._start()
        context = contextvars.copy_context()
        return context.run(self._begin, context, environ, start_response)

    def _begin(self, context: contextvars.Context, environ: Environ, start_response: Any) -> Iterable[bytes]:
        environ[KEY] = outcome = Outcome(environ.get(KEY))
        within = self._container.resource_scope(self._name, values=self._values(environ) or None)
        within.__enter__()
        body = _Body(within, outcome, context)
        environ[LEAVE] = body.leave_now
        try:
            return body.of(self._app(environ, start_response))
        except BaseException as error:
            within.__exit__(type(error), error, error.__traceback__)
            raise


class _Body:
    """The body of a response, read and closed inside the scope of its request."""

    def __init__(self, within: Any, outcome: Outcome, context: contextvars.Context) -> None:
        self._within = within
        self._outcome = outcome
        self._context = context
        self._is_closed = False
        self._failure: BaseException | None = None

    def of(self, body: Iterable[bytes]) -> "_Body":
        """Let *body* be what the application has returned."""
        self._body: Any = body
        self._chunks = iter(body)
        return self

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        try:
            return self._context.run(self._read)
        except StopIteration:
            self.close()  # test clients read to the end and forget the rest
            raise

    def _read(self) -> bytes:
        try:
            return next(self._chunks)
        except StopIteration:
            raise
        except BaseException as error:
            self._outcome.note(error)
            raise

    def close(self) -> None:
        """Close the body of the application, then leave the scope; again: nothing."""
        if not self._is_closed:
            self._is_closed = True
            self._context.run(self._close)

    def _close(self) -> None:
        try:
            getattr(self._body, "close", _nothing)()
        except BaseException as error:
            self._outcome.note(error)
            self._leave()
            raise
        self._leave()

    def leave_now(self) -> None:
        """Leave the scope before the body is closed; what fails is raised when it is."""
        try:
            self._leave()
        except BaseException as error:  # noqa: BLE001 - it is raised by `_leave` when the body is closed
            self._failure = error

    def _leave(self) -> None:
        within, self._within = self._within, None
        failure, self._failure = self._failure, None
        if failure is not None:
            raise failure
        if within is None:
            return
        try:
            with _Left(within):
                self._outcome.show()
        except BaseException as error:
            if not self._outcome.ends(error):
                raise


def _nothing() -> None: ...


class _Left:
    """The end of a scope that was entered before."""

    def __init__(self, scope: Any) -> None:
        self._scope = scope

    def __enter__(self) -> None: ...

    def __exit__(self, *error: object) -> Any:
        return self._scope.__exit__(*error)


class FirstRequest:
    """
    Starts the container before the first request, and closes it when the interpreter ends.

    Servers that fork do so before they accept a request: each of their processes has what it opened itself.

    Args:
        host: the container.
        handlers: gives, at the start, the functions that the application calls.
    """

    def __init__(self, host: Hosting, handlers: Handlers) -> None:
        self._host = host
        self._handlers = handlers
        host.know(handlers, sync=True)
        self._guard = threading.Lock()
        self._is_done = False

    def __call__(self) -> None:
        """Start the container unless it was started; raises as `Hosting.begin_sync` does, and then again."""
        if self._is_done:
            return
        with self._guard:
            if not self._is_done:
                self._host.begin_sync(self._handlers())
                self._is_done = True
                atexit.register(_close, weakref.ref(self))

    def end(self) -> None:
        """Close the container behind the last application on it."""
        with self._guard:
            is_done, self._is_done = self._is_done, False
        if is_done:
            self._host.end_sync()


def _close(reference: "weakref.ref[FirstRequest]") -> None:
    first = reference()
    if first is not None:
        first.end()


def setup(app: App, container: Container, *, scope: str = "request", handlers: Iterable[Any] = ()) -> App:
    """
    Return *app* on *container*: started before its first request, closed at the end of the interpreter.

    A server that has a hook for the end of its workers calls `container.close()` there.

    Args:
        app: a WSGI application.
        container: left alone if somebody else has started it; nothing in it may need an event loop.
        scope: name of the scopes; inside, `Request` is given.
        handlers: functions under `@inject` that the application calls, to be checked now.

    Raises:
        GraphError: a handler asks for something that is not bound, or the container is wrong in itself.
        BindingError: *container* is no type-driven container; or a handler is marked with `Inject`, and is not under
            `@inject`.
        ScopeError: it knows no scope of that name.
    """
    told = tuple(handlers)
    host = hosting(container)
    declare(container, (Request,), scope)
    host.check(told, sync=True)
    return ScopeMiddleware(app, container, start=FirstRequest(host, lambda: told), scope=scope)
