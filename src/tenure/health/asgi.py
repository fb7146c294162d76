"""The probes as an ASGI application, by itself or mounted in another one."""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, TypeAlias

from tenure.health.bodies import ROUTES, Answer, answer, refusal
from tenure.health.reporting import check_container, look

Message: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[Message]]
Send: TypeAlias = Callable[[Message], Awaitable[None]]
App: TypeAlias = Callable[[MutableMapping[str, Any], Receive, Send], Awaitable[None]]


def asgi_app(container: Any, *, details: bool = False) -> App:
    """
    Return an ASGI application that answers `/livez`, `/readyz` and `/startupz` of *container*.

    200 where the answer is yes, 503 where it is no, as `application/health+json`; with `?verbose` every check is told.
    It starts and closes nothing, so that it can answer while the container does not; mount it, or serve it by itself.

    Args:
        container: a container of either face.
        details: whether `?verbose` tells texts of errors, which may hold what is secret, and what checks say besides
            their status.

    Raises:
        BindingError: *container* is none.
    """
    check_container(container)

    async def app(scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await _send(send, await _answered(container, scope, details))
        elif scope["type"] == "lifespan":
            await _live(receive, send)
        else:
            await receive()
            await send({"type": "websocket.close", "code": 1000})

    return app


async def _answered(container: Any, scope: MutableMapping[str, Any], details: bool) -> Answer:
    method, path = scope["method"], _path(scope)
    refused = refusal(method, path)
    if refused is not None:
        return refused
    report = await look(container, ROUTES[path].wanted)
    query: bytes = scope.get("query_string", b"")
    return answer(method, path, query.decode("latin-1"), report, details=details)


def _path(scope: MutableMapping[str, Any]) -> str:
    """Return the path below the place where the application is mounted; the whole path begins with that place."""
    path, root = str(scope["path"]), str(scope.get("root_path", "")).rstrip("/")
    return path[len(root) :] if root and path.startswith(f"{root}/") else path


async def _send(send: Send, answered: Answer) -> None:
    headers = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in answered.headers]
    await send({"type": "http.response.start", "status": answered.code, "headers": headers})
    await send({"type": "http.response.body", "body": answered.body})


async def _live(receive: Receive, send: Send) -> None:
    while True:
        message = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return
