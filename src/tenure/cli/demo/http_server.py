"""
The HTTP server: accepts on a free port of the loopback interface and keeps connections alive.

Knows connections, not what is answered: that is the `Application`'s. Closing it is graceful: idle connections are
closed at once, busy ones when their request is answered.
"""

import asyncio
from contextlib import suppress
from typing import Protocol

from tenure import resource
from tenure.cli.demo.http_wire import PeerGoneError, Request, Response, WireError, encode_response, read_request
from tenure.cli.demo.logs import Logs


class Application(Protocol):
    """What answers requests."""

    async def answer(self, request: Request) -> Response:
        """
        Return the answer to *request*.

        Raises:
            PeerGoneError: the client left before its request was whole.
        """
        ...


@resource(scope="singleton")
class HttpServer:
    """Serves an application on 127.0.0.1 from opening to closing."""

    def __init__(self, application: Application, logs: Logs) -> None:
        self._application = application
        self._logs = logs
        self._idle: set[asyncio.StreamWriter] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._is_closing = False
        self.port: int = 0

    async def initialize(self) -> None:
        """Bind a free port and accept."""
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        self._logs.info("serving on 127.0.0.1:%d", self.port)

    async def dispose(self) -> None:
        """Accept no more, answer what was asked, close every connection."""
        self._is_closing = True
        self._server.close()
        for writer in self._idle:
            writer.close()  # its reader meets the end, and its task ends by itself
        if self._tasks:
            await asyncio.wait(self._tasks)
        await self._server.wait_closed()
        self._logs.info("served on 127.0.0.1:%d", self.port)

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        # Known from its first moment: a connection that is accepted while we close is waited for like any other.
        task = asyncio.create_task(self._serve(reader, writer), name=f"demo connection {len(self._tasks)}")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while not self._is_closing and await self._serve_one(reader, writer):
                pass
        except ConnectionError:
            pass  # the client left: whoever was answering it has been told
        finally:
            writer.close()
            with suppress(ConnectionError):
                await writer.wait_closed()

    async def _serve_one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """Answer one request and tell whether the connection is good for another."""
        self._idle.add(writer)
        try:
            request = await read_request(reader)
        except WireError as error:
            writer.write(encode_response(Response(400, f"{error}\n".encode()), keep_alive=False))
            return False
        finally:
            self._idle.discard(writer)
        if request is None:
            return False

        try:
            response = await self._application.answer(request)
            await request.body.rest()  # what the application left unread is not the next request
        except PeerGoneError as error:
            self._logs.warning("request %d: %s", request.number, error)
            raise
        keep_alive = not self._is_closing and request.headers.get("connection") != "close"
        writer.write(encode_response(response, keep_alive=keep_alive))
        await writer.drain()
        return keep_alive
