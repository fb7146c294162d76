"""aiohttp on a container, over the network and in parts."""

import asyncio
import inspect
import threading
from contextlib import contextmanager

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from conformance import Answered, Conformance, Database, Log, Repository, Session, Unbound, container_of

from tenure.errors import BindingError, GraphError
from tenure.ext.aiohttp import Inject, inject, setup


class Visitor:
    def __init__(self, request: web.Request) -> None:
        self.name = request.headers["X-Name"]


def routes(log):  # noqa: C901 - one short function after the other
    table = web.RouteTableDef()

    @table.get("/value")
    @inject
    async def value(request, number: int = 0, session=Inject[Session], repository=Inject[Repository]):
        assert repository.session is session
        return web.Response(text=f"{session.number} {session.is_open}")

    @table.get("/request")
    @inject
    async def visitor(request, visitor=Inject[Visitor]):
        return web.Response(text=visitor.name)

    @table.get("/sync")
    @inject
    async def database(request, database=Inject[Database]):
        return web.Response(text=str(isinstance(database, Database)))

    @table.get("/answered")
    @inject
    async def answered(request, session=Inject[Session]):
        raise Answered

    @table.get("/error")
    @inject
    async def error(request, session=Inject[Session]):
        return 1 / 0

    @table.get("/stream")
    @inject
    async def stream(request, session=Inject[Session]):
        async def chunks():
            for _ in range(3):
                yield f"{session.is_open} ".encode()

        return web.Response(body=chunks())

    @table.get("/endless")
    @inject
    async def endless(request, session=Inject[Session]):
        response = web.StreamResponse()
        await response.prepare(request)
        while session.is_open:
            await response.write(b"more " * 1000)
            await asyncio.sleep(0)  # or the server would never look
        return response

    @table.get("/ws")
    @inject
    async def ws(request, session=Inject[Session]):
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        async for message in socket:
            await socket.send_str(f"{message.data} {session.number} {session.is_open}")
        return socket

    return table


@contextmanager
def serving(app):
    """Have *app* run on a loop in a thread, and give its address."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    runner = web.AppRunner(app)

    async def begin():
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        return runner.addresses[0][1]

    def run(coroutine):
        return asyncio.run_coroutine_threadsafe(coroutine, loop).result(20)

    try:
        yield f"http://127.0.0.1:{run(begin())}"
    finally:
        run(runner.cleanup())
        loop.call_soon_threadsafe(loop.stop)
        thread.join(20)
        loop.close()


async def started(app):
    runner = web.AppRunner(app)
    try:
        await runner.setup()
    finally:
        await runner.cleanup()


@web.middleware
async def answering(request, handler):
    try:
        return await handler(request)
    except Answered as error:
        raise web.HTTPConflict from error


class TestAiohttp(Conformance):
    framework = "aiohttp"
    packages = ("aiohttp",)
    lacks = {"background": "aiohttp has none of its own in a request"}

    def app(self, container, log):
        async def life(app):
            log("app started")
            yield
            log("app stopped")

        app = web.Application(middlewares=[answering])
        app.cleanup_ctx.append(life)
        app.add_routes(routes(log))
        setup(app, container)
        return app

    def broken(self, container):
        @inject
        async def broken(request, wanted=Inject[Unbound]): ...

        app, below = web.Application(), web.Application()
        below.router.add_get("/", broken)
        app.add_subapp("/below", below)
        setup(app, container)
        return app

    def serve(self, app):
        return serving(app)

    def start(self, app):
        asyncio.run(started(app))

    def schema(self, app):
        return str(inspect.signature(next(r.handler for r in app.router.routes() if "value" in str(r.resource))))

    @pytest.mark.shows("errors")
    def test_an_error_that_is_answered_for(self, url, log):
        """What becomes a response by a middleware inside is seen as that."""
        import httpx

        assert httpx.get(f"{url}/answered").status_code == 409
        log.until("session rolled back: HTTPConflict")


@pytest.fixture
def log():
    return Log()


@pytest.fixture
def container(log):
    return container_of(log, is_async=True)


@pytest.fixture
def anyio_backend():
    return "asyncio"


@pytest.mark.anyio
async def test_an_answer_that_is_raised(container, log):
    """A redirect is no error: what was done before it stands."""

    @inject
    async def moved(request, session=Inject[Session]):
        raise web.HTTPFound("/elsewhere")

    app = web.Application()
    app.router.add_get("/", moved)
    setup(app, container)
    async with TestClient(TestServer(app)) as client:
        assert (await client.get("/", allow_redirects=False)).status == 302

    assert list(log)[1:3] == ["session opened", "session closed"]


@web.middleware
async def returning(request, handler):
    try:
        return await handler(request)
    except Answered:
        return web.Response(status=409)


@pytest.mark.anyio
async def test_an_answer_that_a_middleware_returns(container, log):
    """The handler has failed all the same, and so do those who had a part in it."""

    @inject
    async def refuse(request, session=Inject[Session]):
        raise Answered

    app = web.Application(middlewares=[returning])
    app.router.add_get("/", refuse)
    setup(app, container)
    async with TestClient(TestServer(app)) as client:
        assert (await client.get("/")).status == 409

    assert list(log)[1:3] == ["session opened", "session rolled back: Answered"]


@pytest.mark.anyio
async def test_a_handler_that_is_tried_again(container, log):
    """It is the last attempt that counts."""

    @web.middleware
    async def again(request, handler):
        try:
            return await handler(request)
        except Answered:
            return await handler(request)

    attempts = iter((True, False))

    @inject
    async def fail_first(request, session=Inject[Session]):
        if next(attempts):
            raise Answered
        return web.Response()

    app = web.Application(middlewares=[again])
    app.router.add_get("/", fail_first)
    setup(app, container)
    async with TestClient(TestServer(app)) as client:
        assert (await client.get("/")).status == 200

    assert list(log)[1:3] == ["session opened", "session closed"]


@pytest.mark.anyio
async def test_a_redirect_that_a_middleware_answers(container, log):
    """It is no error, wherever it becomes a response."""

    @web.middleware
    async def caught(request, handler):
        try:
            return await handler(request)
        except web.HTTPFound as found:
            return web.Response(text=found.location)

    @inject
    async def moved(request, session=Inject[Session]):
        raise web.HTTPFound("/elsewhere")

    app = web.Application(middlewares=[caught])
    app.router.add_get("/", moved)
    setup(app, container)
    async with TestClient(TestServer(app)) as client:
        assert await (await client.get("/")).text() == "/elsewhere"

    assert list(log)[1:3] == ["session opened", "session closed"]


@pytest.mark.anyio
async def test_a_view_of_methods(container):
    """Each method is looked at before the start."""

    class View(web.View):
        @inject
        async def get(self, wanted=Inject[Unbound]): ...

    app = web.Application()
    app.router.add_view("/", View)
    setup(app, container)
    with pytest.raises(GraphError, match=r"get.*Unbound"):
        await started(app)


def test_an_application_twice(container):
    """A scope inside a scope of the same name would be of no use."""
    app = web.Application()
    setup(app, container)
    with pytest.raises(BindingError, match="a container already"):
        setup(app, container)
