"""What the tests share: applications of ASGI are called without a server, and their event streams are read."""

import contextlib
import json
from types import SimpleNamespace
from urllib.parse import unquote

import anyio

HERE = ("127.0.0.1", 50000)
WITHIN_S = 20


def scope(path="/", method="GET", *, headers=(), client=HERE, host="127.0.0.1:8000", root="", raw=None, scheme="http"):
    """Return the scope of a request."""
    listed = [("host", host)] if host is not None else []
    listed += headers.items() if isinstance(headers, dict) else headers
    return {
        "type": "http", "http_version": "1.1", "scheme": scheme, "method": method, "path": unquote(path),
        "raw_path": (raw or path).encode(), "root_path": root, "query_string": b"", "client": client,
        "headers": [(name.lower().encode(), value.encode("latin-1")) for name, value in listed],
    }  # fmt: skip


async def ask(app, path="/", method="GET", *, body=b"", **options):
    """Return the answer of *app* to one request: code, headers (dict), body and text."""
    sent = []

    async def receive():
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message):
        sent.append(message)

    await app(scope(path, method, **options), receive, send)
    headers = {name.decode(): value.decode("latin-1") for name, value in sent[0]["headers"]}
    whole = b"".join(message.get("body", b"") for message in sent[1:])
    return SimpleNamespace(code=sent[0]["status"], headers=headers, body=whole, text=whole.decode("utf-8", "replace"))


class Events:
    """The events of one stream."""

    def __init__(self, messages):
        self._messages = messages
        self._text = ""
        self.code = 0
        self.last_id = ""
        self.names = []

    async def next(self, *names):
        """Return the data of the next event, or of the next one of *names*; None at the end of the stream."""
        with anyio.fail_after(WITHIN_S):
            while True:
                while "\n\n" not in self._text:
                    try:
                        message = await self._messages.receive()
                    except anyio.EndOfStream:
                        return None
                    self.code = message.get("status", self.code)
                    self._text += message.get("body", b"").decode()
                event, _, self._text = self._text.partition("\n\n")
                fields = dict(line.split(": ", 1) for line in event.split("\n"))
                self.last_id = fields.get("id", self.last_id)
                if "event" in fields:
                    self.names.append(fields["event"])
                    if not names or fields["event"] in names:
                        return json.loads(fields["data"])

    async def until(self, holds):
        """Return the first status for which *holds*."""
        while True:
            status = await self.next("status")
            assert status is not None, "the stream ended"
            if holds(status):
                return status


@contextlib.asynccontextmanager
async def watching(app, **options):
    """Open an event stream of *app*, and leave it as a client does that goes away."""
    to_test, from_app = anyio.create_memory_object_stream(1000)
    gone = anyio.Event()
    asked = False

    async def receive():
        nonlocal asked
        if not asked:
            asked = True
            return {"type": "http.request", "body": b"", "more_body": False}
        await gone.wait()
        return {"type": "http.disconnect"}

    async def serve():
        with to_test:
            await app(scope("/events", **options), receive, to_test.send)

    with from_app:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(serve)
            try:
                yield Events(from_app)
            finally:
                gone.set()
