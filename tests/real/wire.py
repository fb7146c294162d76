"""
The protocols of PostgreSQL and Redis, as much of them as the cases need, without a client library.

Each conversation is a generator: it yields bytes to send, or what it wants to read (a number of bytes, or `LINE`), and
is sent that. `Socket` and `Stream` carry it over a blocking socket and over trio.
"""

import socket
import struct
from collections.abc import Generator
from typing import Any, TypeAlias, TypeVar

import trio

T = TypeVar("T")

LINE = -1
Talk: TypeAlias = Generator[Any, bytes, T]


class RefusedError(Exception):
    """The server answered with an error; the text is its own."""


class ConnectionLostError(ConnectionError):
    """The server ended the connection."""


def postgres_hello(user: str, program: str) -> Talk[list[Any]]:
    """Begin a session of PostgreSQL as *user*, who needs no password."""
    words = ("user", user, "database", "postgres", "application_name", program, "")
    body = struct.pack("!I", 3 << 16) + b"".join(word.encode() + b"\0" for word in words)
    yield struct.pack("!I", len(body) + 4) + body
    return (yield from _postgres_answer())


def postgres_ask(query: str) -> Talk[list[Any]]:
    """Run *query*; return its rows, each a list of texts."""
    body = query.encode() + b"\0"
    yield b"Q" + struct.pack("!I", len(body) + 4) + body
    return (yield from _postgres_answer())


def postgres_bye() -> Talk[None]:
    """End the session."""
    yield b"X\0\0\0\x04"


def _postgres_answer() -> Talk[list[Any]]:
    rows: list[Any] = []
    refused: RefusedError | None = None
    while True:
        kind, length = struct.unpack("!cI", (yield 5))
        body = yield length - 4
        if kind == b"D":
            rows.append(_row(body))
        elif kind == b"E":
            fields = {part[:1]: part[1:].decode() for part in body.split(b"\0") if part}
            refused = RefusedError(fields.get(b"M", "?"))
            if fields.get(b"V", "FATAL") in ("FATAL", "PANIC"):
                raise refused
        elif kind == b"Z":
            if refused is not None:
                raise refused
            return rows


def _row(body: bytes) -> list[str | None]:
    found: list[str | None] = []
    at = 2
    for _ in range(struct.unpack("!H", body[:2])[0]):
        (length,) = struct.unpack("!i", body[at : at + 4])
        at += 4
        found.append(None if length < 0 else body[at : at + length].decode())
        at += max(length, 0)
    return found


def redis_ask(*words: str) -> Talk[Any]:
    """Run the command *words*; return its reply: text, number, list or None."""
    parts = [b"$%d\r\n%b\r\n" % (len(word.encode()), word.encode()) for word in words]
    yield b"*%d\r\n" % len(words) + b"".join(parts)
    return (yield from _redis_reply())


def _redis_reply() -> Talk[Any]:
    line = yield LINE
    kind, rest = line[:1], line[1:].decode()
    if kind == b"-":
        raise RefusedError(rest)
    if kind == b":":
        return int(rest)
    if kind == b"$":
        return None if rest == "-1" else (yield int(rest) + 2)[:-2].decode()
    if kind == b"*":
        replies = []
        for _ in range(max(int(rest), 0)):
            replies.append((yield from _redis_reply()))  # noqa: PERF401  # no comprehension can do that
        return replies
    return rest


class _Buffer:
    """What came in and was not asked for yet."""

    def __init__(self) -> None:
        self._bytes = b""

    def add(self, more: bytes) -> None:
        if not more:
            raise ConnectionLostError("the server ended the connection")
        self._bytes += more

    def take(self, wanted: int) -> bytes | None:
        """Return what is *wanted*, a line without its end; None while it is not there."""
        if wanted == LINE:
            line, end, rest = self._bytes.partition(b"\r\n")
            if not end:
                return None
            self._bytes = rest
            return line
        if len(self._bytes) < wanted:
            return None
        found, self._bytes = self._bytes[:wanted], self._bytes[wanted:]
        return found


class Socket:
    """A conversation over a blocking socket."""

    def __init__(self, host: str, port: int, limit_s: float | None = None) -> None:
        self.socket = socket.create_connection((host, port), limit_s)
        self._buffer = _Buffer()

    def talk(self, talk: Talk[T]) -> T:
        """Carry *talk* to its end and return its result."""
        try:
            wish = next(talk)
            while True:
                if isinstance(wish, bytes):
                    self.socket.sendall(wish)
                    wish = next(talk)
                    continue
                while (found := self._buffer.take(wish)) is None:
                    self._buffer.add(self.socket.recv(65536))
                wish = talk.send(found)
        except StopIteration as stop:
            return stop.value  # type: ignore[no-any-return]

    def close(self) -> None:
        self.socket.close()


class Stream:
    """A conversation over trio."""

    def __init__(self, stream: trio.SocketStream) -> None:
        self.stream = stream
        self._buffer = _Buffer()

    async def talk(self, talk: Talk[T]) -> T:
        """Carry *talk* to its end and return its result."""
        try:
            wish = next(talk)
            while True:
                if isinstance(wish, bytes):
                    await self.stream.send_all(wish)
                    wish = next(talk)
                    continue
                while (found := self._buffer.take(wish)) is None:
                    self._buffer.add(await self.stream.receive_some(65536))
                wish = talk.send(found)
        except StopIteration as stop:
            return stop.value  # type: ignore[no-any-return]

    def close(self) -> None:
        self.stream.socket.close()


async def dialled(host: str, port: int, hello: Talk[Any]) -> Stream:
    """Connect, carry the conversation *hello*, and return the stream; nothing is left open where that fails."""
    plain = trio.socket.socket()
    try:
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        await plain.connect((host, port))
        link = Stream(trio.SocketStream(plain))
        await link.talk(hello)
    except BaseException:
        plain.close()
        raise
    return link
