"""Quart on a container, over the network and in parts."""

import asyncio
import inspect

import anyio
import pytest
from conformance import Answered, Conformance, Database, Log, Repository, Session, Unbound, container_of
from ext_support import serving

quart = pytest.importorskip("quart")

from tenure.errors import BindingError  # noqa: E402 - Quart may be missing
from tenure.ext.quart import Inject, inject, setup  # noqa: E402


class Visitor:
    def __init__(self, request: quart.Request) -> None:
        self.name = request.headers["X-Name"]


class Spoken:
    def __init__(self, websocket: quart.Websocket) -> None:
        self.path = websocket.path


def routes(app):  # noqa: C901 - one short function after the other
    @app.get("/value")
    @inject
    async def value(number=0, session=Inject[Session], repository=Inject[Repository]):
        assert repository.session is session
        return f"{session.number} {session.is_open}"

    @app.get("/sync")
    @inject
    def synchronous(database=Inject[Database]):
        return str(isinstance(database, Database))

    @app.get("/request")
    @inject
    async def visitor(visitor=Inject[Visitor]):
        return visitor.name

    @app.get("/answered")
    @inject
    async def answered(session=Inject[Session]):
        raise Answered

    @app.get("/error")
    @inject
    async def error(session=Inject[Session]):
        return 1 / 0

    @app.get("/stream")
    @inject
    async def stream(session=Inject[Session]):
        async def chunks():
            for _ in range(3):
                yield f"{session.is_open} ".encode()

        return chunks()

    @app.get("/endless")
    @inject
    async def endless(session=Inject[Session]):
        async def chunks():
            while session.is_open:
                yield b"more " * 1000
                await anyio.sleep(0)  # or the server would never look

        return chunks()

    @app.websocket("/ws")
    @inject
    async def ws(session=Inject[Session], spoken=Inject[Spoken]):
        assert spoken.path == "/ws"
        while True:
            text = await quart.websocket.receive()
            await quart.websocket.send(f"{text} {session.number} {session.is_open}")

    @app.errorhandler(Answered)
    async def answer(error):
        return "answered", 409


class TestQuart(Conformance):
    framework = "Quart"
    packages = ("quart", "uvicorn")
    lacks = {"background": "its tasks go on behind the request, each in a scope of its own"}

    def app(self, container, log):
        app = quart.Quart("app")
        routes(app)

        @app.while_serving
        async def life():
            log("app started")
            yield
            log("app stopped")

        setup(app, container)
        return app

    def broken(self, container):
        app = quart.Quart("app")

        @app.get("/")
        @inject
        async def broken(wanted=Inject[Unbound]): ...

        setup(app, container)
        return app

    def serve(self, app):
        return serving(app)

    def start(self, app):
        asyncio.run(app.startup())

    def schema(self, app):
        return str(inspect.signature(app.view_functions["value"]))

    @pytest.mark.shows("websocket")
    def test_a_websocket(self, url, log):
        """A session from its beginning to its end, where Quart cancels the view."""
        from websockets.sync.client import connect

        with connect(f"{url.replace('http', 'ws')}/ws", open_timeout=20) as socket:
            for text in ("a", "b"):
                socket.send(text)
                assert socket.recv(20) == f"{text} 1 True"
            assert not any("session closed" in each or "rolled back" in each for each in log)

        with log._changed:
            assert log._changed.wait_for(
                lambda: any(e.startswith(("session c", "session r")) for e in log._entries), 20
            )


@pytest.fixture
def anyio_backend():
    return "asyncio"


@pytest.mark.anyio
async def test_the_test_client():
    """It starts and stops the application, as often as one likes."""
    log = Log()
    app = quart.Quart("app")
    routes(app)
    setup(app, container_of(log, is_async=True))
    for number in (1, 2):
        async with app.test_app() as running:
            answer = await running.test_client().get("/value")
            assert await answer.get_data(as_text=True) == f"{number} True"

    assert list(log) == ["database opened", "session opened", "session closed", "database closed"] * 2


def test_an_application_twice():
    """A scope inside a scope of the same name would be of no use."""
    app, container = quart.Quart("app"), container_of(Log(), is_async=True)
    setup(app, container)
    with pytest.raises(BindingError, match="a container already"):
        setup(app, container)
