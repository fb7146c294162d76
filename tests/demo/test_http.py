"""The server and the wire, over real sockets."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from tenure.cli.demo.directory import DataDirectory
from tenure.cli.demo.http_server import HttpServer
from tenure.cli.demo.http_wire import PeerGoneError, Request, Response, encode_request, read_response
from tenure.cli.demo.logs import Logs

Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


class Echo:
    """Answers with the lines of the body, counted; refuses half-way when told to."""

    def __init__(self) -> None:
        self.seen: list[str] = []
        self.gone = 0
        self.go_on = asyncio.Event()
        self.busy = asyncio.Event()

    async def answer(self, request: Request) -> Response:
        self.seen.append(request.path)
        try:
            first = await request.body.line()
            if request.path == "/refuse":
                return Response(402, b"no")
            if request.path == "/slow":
                self.busy.set()
                await self.go_on.wait()
            return Response(200, first + b"|" + await request.body.line())
        except PeerGoneError:
            self.gone += 1
            raise


def serve(directory: DataDirectory, talk: Callable[[HttpServer, Echo], Awaitable[None]]) -> Echo:
    echo = Echo()

    async def main() -> None:
        with Logs(directory) as logs:
            server = HttpServer(echo, logs)
            await server.initialize()
            try:
                await talk(server, echo)
            finally:
                await server.dispose()
        assert {asyncio.current_task()} == asyncio.all_tasks()

    asyncio.run(main())
    return echo


async def ask(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, path: str, body: bytes = b"", **headers: str
) -> Response:
    writer.write(encode_request("POST", path, headers, body))
    return await read_response(reader)


async def hang_up(writer: asyncio.StreamWriter) -> None:
    writer.close()
    await writer.wait_closed()


def test_connections_are_kept_alive(directory: DataDirectory) -> None:
    """Two requests go over one connection, the second one after a body that was left unread."""

    async def talk(server: HttpServer, echo: Echo) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        refused = await ask(reader, writer, "/refuse", b"one\ntwo\nthree\n")
        echoed = await ask(reader, writer, "/echo", b"one\ntwo\n")
        await hang_up(writer)
        assert [(r.status, r.body) for r in (refused, echoed)] == [(402, b"no"), (200, b"one\n|two\n")]
        assert echoed.headers["connection"] == "keep-alive"

    assert serve(directory, talk).seen == ["/refuse", "/echo"]


def test_a_client_may_ask_to_close(directory: DataDirectory) -> None:
    """After "connection: close" the server closes."""

    async def talk(server: HttpServer, echo: Echo) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        response = await ask(reader, writer, "/echo", connection="close")
        assert (response.headers["connection"], await reader.read()) == ("close", b"")
        await hang_up(writer)

    serve(directory, talk)


@pytest.mark.parametrize(
    "head",
    [
        b"nonsense\r\n\r\n",
        b"GET / HTTP/1.0\r\n\r\n",
        b"GET / HTTP/1.1\r\nno header\r\n\r\n",
        b"GET / HTTP/1.1\r\ncontent-length: -1\r\n\r\n",
        b"GET / HTTP/1.1\r\ncontent-length: 99999999\r\n\r\n",
        b"GET / HTTP/1.1\r\nx: " + b"x" * 2**17 + b"\r\n\r\n",
    ],
)
def test_what_is_no_http_is_refused(directory: DataDirectory, head: bytes) -> None:
    """It is answered with a 400, and the connection is closed."""

    async def talk(server: HttpServer, echo: Echo) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        writer.write(head)
        response = await read_response(reader)
        assert (response.status, response.headers["connection"]) == (400, "close")
        await hang_up(writer)

    assert serve(directory, talk).seen == []


def test_a_client_that_leaves_half_way_is_noticed(directory: DataDirectory) -> None:
    """The application is told in the middle of the body; the server says so in its log and goes on."""

    async def talk(server: HttpServer, echo: Echo) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        writer.write(encode_request("POST", "/echo", {"x-request": "7"}, b"one\ntwo\n")[:-4])
        await hang_up(writer)
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        assert (await ask(reader, writer, "/echo", b"one\ntwo\n")).status == 200
        await hang_up(writer)

    assert serve(directory, talk).gone == 1
    assert "request 7: the body ended early" in (directory.path / "app.log").read_text()


def test_closing_answers_what_was_asked(directory: DataDirectory) -> None:
    """A request in work is finished while the server closes; an idle connection is closed at once."""

    async def talk(server: HttpServer, echo: Echo) -> None:
        idle_reader, idle_writer = await asyncio.open_connection("127.0.0.1", server.port)
        await ask(idle_reader, idle_writer, "/echo")
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        asked = asyncio.create_task(ask(reader, writer, "/slow", b"one\ntwo\n"))
        await echo.busy.wait()
        closing = asyncio.create_task(server.dispose())
        assert await idle_reader.read() == b""
        assert not closing.done()
        echo.go_on.set()
        response = await asked
        assert (response.status, response.headers["connection"]) == (200, "close")
        await closing
        for left in (idle_writer, writer):
            await hang_up(left)

    serve(directory, talk)


def test_a_closed_server_accepts_no_more(directory: DataDirectory) -> None:
    """Its port is free again."""

    async def talk(server: HttpServer, echo: Echo) -> None:
        await server.dispose()
        with pytest.raises(ConnectionRefusedError):
            await asyncio.open_connection("127.0.0.1", server.port)

    serve(directory, talk)
