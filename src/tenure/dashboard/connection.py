"""ASGI's messages: a body is read, a reply or a stream of events is sent. Knows nothing of what they say."""

from collections.abc import AsyncGenerator, Awaitable, Callable, MutableMapping
from contextlib import aclosing
from contextvars import copy_context
from typing import Any, TypeAlias

from tenure.dashboard.replies import STRICT, Reply
from tenure.dashboard.viewer import Viewer
from tenure.lifecycle.backends import current

Message: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[Message]]
Send: TypeAlias = Callable[[Message], Awaitable[None]]


async def body_of(receive: Receive, most: int) -> bytes | None:
    """Return the body of a request, None where it is longer than *most* bytes or the client has gone."""
    body = b""
    while True:
        message = await receive()
        part: bytes = message.get("body", b"")
        body += part
        if message["type"] != "http.request" or len(body) > most:
            return None
        if not message.get("more_body"):
            return body


async def send_reply(reply: Reply, method: str, send: Send) -> None:
    """Send *reply*, without its body where *method* is HEAD."""
    await send({"type": "http.response.start", "status": reply.code, "headers": reply.sent_headers()})
    await send({"type": "http.response.body", "body": b"" if method == "HEAD" else reply.body})


async def send_events(events: AsyncGenerator[str, None], viewer: Viewer, receive: Receive, send: Send) -> None:
    """Send *events* until they end; *viewer* leaves when the client does."""
    own = (
        ("content-type", "text/event-stream"),
        ("cache-control", "no-store, no-transform"),
        ("x-accel-buffering", "no"),
    )
    headers = [(name.encode(), value.encode()) for name, value in (*STRICT, *own)]

    async def listen() -> None:
        try:
            while (await receive())["type"] != "http.disconnect":
                pass
        except Exception:  # noqa: BLE001 - whatever a server raises here, nobody is left to be told
            return
        finally:
            viewer.leave()

    job = current().spawn(listen, copy_context(), "tenure dashboard: client")
    try:
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        async with aclosing(events):
            async for text in events:
                await send({"type": "http.response.body", "body": text.encode(), "more_body": True})
        await send({"type": "http.response.body", "body": b""})
    finally:
        job.cancel()
