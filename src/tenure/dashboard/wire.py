"""HTTP/1.1 on asyncio's streams, as ASGI wants it: a request is read, an answer written (RFC 9112, in small)."""

import asyncio
import contextlib
import re
from http import HTTPStatus
from typing import Any
from urllib.parse import unquote

MOST_HEADERS = 100
MOST_BYTES = 8192
"""Of a body."""

_FIRST = re.compile(rb"([A-Z]{1,16}) (/[!-~]*) HTTP/1\.[01]\r\n")
_HEADER = re.compile(rb"([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([^\r\n\x00]*?)[ \t]*\r\n")


class BadRequestError(Exception):
    """
    What came is no request that this server answers.

    Attributes:
        code: the status to answer with.
    """

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code: int = code


async def read_request(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> tuple[dict[str, Any], bytes]:
    """
    Return the scope of ASGI and the body of the request that comes by *reader*.

    Raises:
        BadRequestError: it is none, or larger than it may be.
        IncompleteReadError: the client went away in the middle.
    """
    first = _FIRST.fullmatch(await _line(reader))
    if first is None:
        raise BadRequestError(400)
    headers: list[tuple[bytes, bytes]] = []
    while (line := await _line(reader)) != b"\r\n":
        match = _HEADER.fullmatch(line)
        if match is None or len(headers) >= MOST_HEADERS:
            raise BadRequestError(431 if match else 400)
        headers.append((match[1].lower(), match[2]))
    path, _, query = first[2].partition(b"?")
    scope = {
        "type": "http", "asgi": {"version": "3.0", "spec_version": "2.3"}, "http_version": "1.1", "scheme": "http",
        "method": first[1].decode(), "path": unquote(path.decode("ascii"), errors="replace"), "raw_path": path,
        "query_string": query, "root_path": "", "headers": headers,
        "client": tuple(writer.get_extra_info("peername")[:2]),
        "server": tuple(writer.get_extra_info("sockname")[:2]),
    }  # fmt: skip
    return scope, await reader.readexactly(_length(headers))


async def _line(reader: asyncio.StreamReader) -> bytes:
    try:
        return await reader.readuntil(b"\n")
    except asyncio.LimitOverrunError:
        raise BadRequestError(431) from None


def _length(headers: list[tuple[bytes, bytes]]) -> int:
    """Return how long the body is; that of a request in chunks is not known, which no form of ours sends."""
    said = {value for name, value in headers if name == b"content-length"}
    if any(name == b"transfer-encoding" for name, _ in headers) or len(said) > 1:
        raise BadRequestError(400)
    text = said.pop() if said else b"0"
    if not text.isdigit() or len(text) > 9:
        raise BadRequestError(400)
    if int(text) > MOST_BYTES:
        raise BadRequestError(413)
    return int(text)


class Exchange:
    """One request and its answer, as an application of ASGI is called with them."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, body: bytes) -> None:
        self._reader = reader
        self._writer = writer
        self._body: bytes | None = body

    async def receive(self) -> dict[str, Any]:
        """Return the body once, then wait until the client has gone."""
        if self._body is not None:
            body, self._body = self._body, None
            return {"type": "http.request", "body": body, "more_body": False}
        with contextlib.suppress(OSError):
            while await self._reader.read(1024):
                pass  # nothing more is answered on this connection
        return {"type": "http.disconnect"}

    async def send(self, message: Any) -> None:
        """Write a part of the answer."""
        if message["type"] == "http.response.start":
            code = message["status"]
            lines = [b"HTTP/1.1 %d %s" % (code, HTTPStatus(code).phrase.encode())]
            lines += [name + b": " + value for name, value in message["headers"]]
            self._writer.write(b"\r\n".join([*lines, b"connection: close", b"", b""]))
        else:
            self._writer.write(message.get("body", b""))
        await self._writer.drain()

    async def end(self) -> None:
        """See to it that what was written leaves."""
        with contextlib.suppress(OSError):
            await self._writer.drain()
            if self._writer.can_write_eof():
                self._writer.write_eof()
