"""The probes as a WSGI application, by itself or mounted in another one."""

from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Any, TypeAlias

from tenure.health.bodies import ROUTES, answer, refusal
from tenure.health.reporting import check_container, look_sync

App: TypeAlias = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


def wsgi_app(container: Any, *, details: bool = False) -> App:
    """
    Return a WSGI application that answers `/livez`, `/readyz` and `/startupz` of *container*; see `asgi_app`.

    Asynchronous checks run where their objects live, on an event loop in another thread; without one they are
    "unknown", which keeps nothing from being ready.

    Args:
        container: a container of either face.
        details: whether `?verbose` tells texts of errors and what checks say besides their status.

    Raises:
        BindingError: *container* is none.
    """
    check_container(container)

    def app(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        method, path = environ["REQUEST_METHOD"], environ.get("PATH_INFO", "")
        answered = refusal(method, path)
        if answered is None:
            report = look_sync(container, ROUTES[path].wanted)
            answered = answer(method, path, environ.get("QUERY_STRING", ""), report, details=details)
        start_response(f"{answered.code} {HTTPStatus(answered.code).phrase}", [*answered.headers])
        return [answered.body]

    return app
