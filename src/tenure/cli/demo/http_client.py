"""The HTTP clients' end: a pool of connections to the server, warmed at the start and kept alive."""

import asyncio
from contextlib import suppress

from tenure import resource
from tenure.cli.demo.credentials import Credentials
from tenure.cli.demo.http_server import HttpServer
from tenure.cli.demo.http_wire import Response, encode_request, read_response
from tenure.cli.demo.settings import Settings

LIMIT_S = 10.0


class ClientConnection:
    """One connection to the server, for one request at a time."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    async def ask(self, request: bytes) -> Response:
        """
        Send *request* and return the answer.

        Raises:
            PeerGoneError, ConnectionError: the server left.
            TimeoutError: no answer within `LIMIT_S` seconds.
        """
        async with asyncio.timeout(LIMIT_S):
            self._writer.write(request)
            await self._writer.drain()
            return await read_response(self._reader)

    async def close(self) -> None:
        """Close the connection."""
        self._writer.close()
        with suppress(ConnectionError):
            await self._writer.wait_closed()


@resource(scope="singleton")
class HttpClientPool:
    """Keeps a connection per client; a connection that met an error is not used again."""

    def __init__(self, server: HttpServer, credentials: Credentials, settings: Settings) -> None:
        self._server = server
        self._credentials = credentials
        self._n_clients = settings.n_clients
        self._idle: list[ClientConnection] = []
        self.n_sent: int = 0
        """Requests that left this pool, whole or in part."""

    async def initialize(self) -> None:
        """Open all connections at the same time, and ask once on each."""
        try:
            async with asyncio.TaskGroup() as group:
                for _ in range(self._n_clients):
                    group.create_task(self._warm())
        except BaseException:
            await self._close_all()
            raise

    async def dispose(self) -> None:
        """Close all connections."""
        await self._close_all()

    async def _close_all(self) -> None:
        idle, self._idle = self._idle, []
        await asyncio.gather(*(connection.close() for connection in idle))

    async def request(self, method: str, path: str, *, number: int = 0, body: bytes = b"") -> Response:
        """
        Return the server's answer; it arrives on a kept connection, or a new one if none is free.

        Args:
            number: what the client calls this request; 0 for none.

        Raises:
            PeerGoneError, ConnectionError: the server left.
            TimeoutError: no answer within `LIMIT_S` seconds.
        """
        connection = self._idle.pop() if self._idle else await self._connect()
        self.n_sent += 1
        try:
            response = await connection.ask(self._encode(method, path, number, body))
        except BaseException:
            await connection.close()
            raise
        if response.headers.get("connection") == "close":
            await connection.close()
        else:
            self._idle.append(connection)
        return response

    async def abandon(self, method: str, path: str, *, number: int, body: bytes, n_bytes: int) -> None:
        """Send a request without the last *n_bytes* of its body, and leave."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self._server.port)
        self.n_sent += 1
        writer.write(self._encode(method, path, number, body)[:-n_bytes])
        await ClientConnection(reader, writer).close()

    async def _warm(self) -> None:
        connection = await self._connect()
        self.n_sent += 1
        try:
            await connection.ask(self._encode("GET", "/health", 0, b""))
        except BaseException:
            await connection.close()
            raise
        self._idle.append(connection)

    async def _connect(self) -> ClientConnection:
        return ClientConnection(*await asyncio.open_connection("127.0.0.1", self._server.port))

    def _encode(self, method: str, path: str, number: int, body: bytes) -> bytes:
        signature = self._credentials.sign(f"{method} {path} {number}")
        return encode_request(method, path, {"x-request": str(number), "x-signature": signature}, body)
