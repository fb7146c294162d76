"""
HTTP/1.1 on a stream: as much of RFC 9112 as two ends that we wrote ourselves need.

Knows bytes and streams; must not know servers, clients or what is sold. A body has a Content-Length and is read
piece by piece, so that a request can fail half-way.
"""

import asyncio
from dataclasses import dataclass, field
from http import HTTPStatus

MAX_BODY = 1 << 20


class WireError(Exception):
    """What came over the wire is not the HTTP that we speak."""


class PeerGoneError(ConnectionError):
    """The other end left in the middle of a message."""


class Body:
    """The body of a message: *n_bytes* that are still to be read from *reader*."""

    def __init__(self, reader: asyncio.StreamReader, n_bytes: int) -> None:
        self._reader = reader
        self._n_left = n_bytes

    async def line(self) -> bytes:
        """
        Return the next line of the body, or what is left of it.

        Raises:
            PeerGoneError: the connection ended before the body did.
            WireError: the line does not end where the body does.
        """
        try:
            line = await self._reader.readuntil(b"\n") if self._n_left else b""
        except asyncio.IncompleteReadError as error:
            raise PeerGoneError("the body ended early") from error
        self._n_left -= len(line)
        if self._n_left < 0:
            raise WireError("a line runs over the end of the body")
        return line

    async def rest(self) -> bytes:
        """
        Return all that is still to be read.

        Raises:
            PeerGoneError: the connection ended before the body did.
        """
        n_bytes, self._n_left = self._n_left, 0
        try:
            return await self._reader.readexactly(n_bytes)
        except asyncio.IncompleteReadError as error:
            raise PeerGoneError("the body ended early") from error


@dataclass(slots=True)
class Request:
    """What a client asked for; the key under which a request's scope finds it."""

    method: str
    path: str
    headers: dict[str, str]
    body: Body

    @property
    def number(self) -> int:
        """The client's number for this request; 0 if it gave none."""
        text = self.headers.get("x-request", "")
        return int(text) if text.isdecimal() else 0


@dataclass(frozen=True, slots=True)
class Response:
    """What the server answers."""

    status: int
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)


async def read_request(reader: asyncio.StreamReader) -> Request | None:
    """
    Return the next request, or None when the client has left between two requests.

    Raises:
        PeerGoneError: the client left in the middle of the head.
        WireError: the head cannot be understood.
    """
    head = await _read_head(reader)
    if head is None:
        return None
    first, headers = head
    parts = first.split(" ")
    if len(parts) != 3 or parts[2] != "HTTP/1.1":
        raise WireError(f"not a request line: {first!r}")
    return Request(parts[0], parts[1], headers, Body(reader, _length(headers)))


async def read_response(reader: asyncio.StreamReader) -> Response:
    """
    Return the next response, read to its end.

    Raises:
        PeerGoneError: the server left before the end.
        WireError: the head cannot be understood.
    """
    head = await _read_head(reader)
    if head is None:
        raise PeerGoneError("the server closed the connection without an answer")
    first, headers = head
    parts = first.split(" ", 2)
    if len(parts) != 3 or parts[0] != "HTTP/1.1" or not parts[1].isdecimal():
        raise WireError(f"not a status line: {first!r}")
    return Response(int(parts[1]), await Body(reader, _length(headers)).rest(), headers)


def encode_request(method: str, path: str, headers: dict[str, str], body: bytes) -> bytes:
    """Return a request as it goes over the wire."""
    return _encode(f"{method} {path} HTTP/1.1", {"host": "127.0.0.1", **headers}, body)


def encode_response(response: Response, *, keep_alive: bool) -> bytes:
    """Return a response as it goes over the wire."""
    phrase = HTTPStatus(response.status).phrase
    connection = "keep-alive" if keep_alive else "close"
    return _encode(
        f"HTTP/1.1 {response.status} {phrase}", {**response.headers, "connection": connection}, response.body
    )


def _encode(first: str, headers: dict[str, str], body: bytes) -> bytes:
    lines = [first, *(f"{name}: {value}" for name, value in headers.items()), f"content-length: {len(body)}"]
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body


async def _read_head(reader: asyncio.StreamReader) -> tuple[str, dict[str, str]] | None:
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError as error:
        if error.partial:
            raise PeerGoneError("the head ended early") from error
        return None
    except asyncio.LimitOverrunError as error:
        raise WireError("the head is too long") from error
    first, *lines = head[:-4].decode("latin-1").split("\r\n")
    headers: dict[str, str] = {}
    for line in lines:
        name, colon, value = line.partition(":")
        if not colon:
            raise WireError(f"not a header: {line!r}")
        headers[name.lower()] = value.strip()
    return first, headers


def _length(headers: dict[str, str]) -> int:
    text = headers.get("content-length", "0")
    if not text.isdecimal() or int(text) > MAX_BODY:
        raise WireError(f"not a length that we take: {text!r}")
    return int(text)
