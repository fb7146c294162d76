"""The lifespan protocol around an application that may or may not speak it."""

import traceback
from collections.abc import Callable, Iterable
from typing import Any

from tenure.hosting.life import Hosting


class Lifespan:
    """
    Starts the container before the application starts, and closes it after the application has stopped.

    Args:
        app: an ASGI application.
        host: the container.
        handlers: gives, at the start, the functions that the application calls.
    """

    def __init__(self, app: Any, host: Hosting, handlers: Callable[[], Iterable[Any]]) -> None:
        self._app = app
        self._host = host
        self._handlers = handlers
        host.know(handlers)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Serve one connection of ASGI."""
        if scope["type"] != "lifespan":
            await self._app(scope, receive, send)
            return
        talk = _Talk(self._host, self._handlers, receive, send)
        try:
            await self._app(scope, talk.receive, talk.send)
        except BaseException as error:
            if talk.has_asked or not isinstance(error, Exception):
                await talk.fail(error)
                raise
        await talk.go_on_alone()


class _Talk:
    """What is said between the server and the application; the container's part is said in between."""

    def __init__(self, host: Hosting, handlers: Callable[[], Iterable[Any]], receive: Any, send: Any) -> None:
        self._host = host
        self._handlers = handlers
        self._receive = receive
        self._send = send
        self._is_begun = False
        self._last: str | None = None
        self.has_asked = False

    async def receive(self) -> Any:
        """Give the application the next message of the server; the container is started before its start."""
        message = await self._receive()
        self.has_asked = True
        if message["type"] == "lifespan.startup":
            await self._host.begin(self._handlers())
            self._is_begun = True
        return message

    async def send(self, message: Any) -> None:
        """Give the server what the application says; the container is closed before its end is told."""
        if message["type"].endswith(".failed"):
            await self._end(RuntimeError(f"the application failed: {message.get('message', '')}"))
        elif message["type"] == "lifespan.shutdown.complete":
            await self._end(None)
        self._last = message["type"]
        await self._send(message)

    async def fail(self, error: BaseException) -> None:
        """Close the container behind *error*, and tell the server, unless the application has."""
        await self._end(error)
        if self._last in (None, "lifespan.startup.complete"):
            of = "startup" if self._last is None else "shutdown"
            text = "".join(traceback.format_exception(error))
            self._last = f"lifespan.{of}.failed"
            await self._send({"type": self._last, "message": text})

    async def go_on_alone(self) -> None:
        """Say to the end what an application has left unsaid that speaks no lifespan, or only part of it."""
        try:
            while self._last is None or self._last == "lifespan.startup.complete":
                wanted = "startup" if self._last is None else "shutdown"
                if wanted == "shutdown" or not self._is_begun:
                    await self.receive()
                await self.send({"type": f"lifespan.{wanted}.complete"})
        except BaseException as error:
            await self.fail(error)
            raise

    async def _end(self, error: BaseException | None) -> None:
        if self._is_begun:
            self._is_begun = False
            await self._host.end(error)
