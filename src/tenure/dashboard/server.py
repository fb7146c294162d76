"""
A small server on asyncio, for a dashboard by itself.

HTTP/1.1 as far as a browser needs it: one request per connection, heads and forms of bounded size, within limits of
time. Whoever wants more (TLS, workers) gives the dashboard to a server of ASGI, which it is an application for.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any

from tenure.dashboard.app import Dashboard
from tenure.dashboard.wire import BadRequestError, Exchange, read_request

HEAD_WITHIN_S = 10.0
"""Seconds within which a client has said what it wants."""
ENDS_WITHIN_S = 5.0
"""Seconds that answers under way get when the server ends."""
MOST_CONNECTIONS = 128


@contextlib.asynccontextmanager
async def served(dashboard: Dashboard, host: str, port: int) -> AsyncIterator[str]:
    """Serve *dashboard* on the running loop while the body runs, and give its address."""
    server = _Server(dashboard)
    listening = await asyncio.start_server(server.serve, host, port, limit=16 * 1024)
    try:
        where = listening.sockets[0].getsockname()
        name = f"[{where[0]}]" if ":" in where[0] else where[0]
        yield f"http://{name}:{where[1]}/"
    finally:
        listening.close()
        dashboard.end()
        await server.end()


class _Server:
    """Serves connections, and knows which are open."""

    def __init__(self, app: Any) -> None:
        self._app = app
        self._tasks: set[asyncio.Task[Any]] = set()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer the one request of a connection, and close it."""
        task: Any = asyncio.current_task()
        self._tasks.add(task)
        try:
            await self._answer(reader, writer)
        except (OSError, TimeoutError, asyncio.IncompleteReadError):
            return  # the client has gone, or never came to the point
        except asyncio.CancelledError:
            if task.cancelling() == 0:
                raise
            return  # `end` does not wait any longer; the streams of asyncio would report the cancellation
        finally:
            self._tasks.discard(task)
            writer.close()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if len(self._tasks) > MOST_CONNECTIONS:
            writer.write(b"HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")
            await writer.drain()
            return
        try:
            async with asyncio.timeout(HEAD_WITHIN_S):
                scope, body = await read_request(reader, writer)
        except BadRequestError as error:
            writer.write(b"HTTP/1.1 %d Bad Request\r\ncontent-length: 0\r\nconnection: close\r\n\r\n" % error.code)
            await writer.drain()
            return
        exchange = Exchange(reader, writer, body)
        try:
            await self._app(scope, exchange.receive, exchange.send)
        finally:
            await exchange.end()

    async def end(self) -> None:
        """Wait a little for the answers under way, then end them."""
        tasks = [task for task in self._tasks if task is not asyncio.current_task()]
        if tasks:
            _, left = await asyncio.wait(tasks, timeout=ENDS_WITHIN_S)
            for task in left:
                task.cancel()
            await asyncio.gather(*left, return_exceptions=True)
