"""Providers of aiohttp things, and the resources of a container in an aiohttp application."""

import asyncio
import inspect

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from tenure import containers, providers
from tenure.ext.aiohttp import (
    Application,
    ClassBasedView,
    CleanupContext,
    Extension,
    Middleware,
    MiddlewareFactory,
    View,
)
from tenure.wiring import Closing, Provide, UnresolvedMarkerError, inject

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend():
    return "asyncio"


async def greet(request, greeting):
    """Greet."""
    return web.Response(text=f"{greeting} {request.query['name']}")


class Greeting(web.View):
    """Greets."""

    def __init__(self, request, greeting):
        super().__init__(request)
        self.greeting = greeting

    async def get(self):
        return await greet(self.request, self.greeting)


async def get(app, path="/?name=Ann"):
    async with TestClient(TestServer(app)) as client:
        answer = await client.get(path)
        return answer.status, await answer.text(), dict(answer.headers)


async def start(app):
    runner = web.AppRunner(app)
    try:
        await runner.setup()
    finally:
        await runner.cleanup()


def app_of(handler, **options):
    app = web.Application(**options)
    app.router.add_get("/", handler)
    return app


async def test_a_view():
    """It gets what it needs besides the request."""
    view = View(greet, greeting="Hello").as_view()

    assert (await get(app_of(view)))[:2] == (200, "Hello Ann")
    assert (view.__name__, view.__doc__, view.__module__) == ("greet", "Greet.", __name__)
    assert inspect.iscoroutinefunction(view)


async def test_a_class_based_view():
    """A new object answers each request."""
    view = ClassBasedView(Greeting, greeting="Hello").as_view()

    assert (await get(app_of(view)))[:2] == (200, "Hello Ann")
    assert (view.__name__, view.__doc__, view.__module__) == ("Greeting", "Greets.", __name__)


@pytest.mark.parametrize("kind", ["function", "class"])
async def test_what_has_to_be_awaited(kind):
    """A view may need what is opened asynchronously."""

    async def greeting():
        await asyncio.sleep(0)
        return "Hello"

    needed = providers.Resource(greeting)
    view = View(greet, greeting=needed) if kind == "function" else ClassBasedView(Greeting, greeting=needed)

    assert (await get(app_of(view.as_view())))[:2] == (200, "Hello Ann")
    await needed.shutdown()


async def tagged(request, handler, tag):
    answer = await handler(request)
    answer.headers["X-Tags"] = answer.headers.get("X-Tags", "") + tag
    return answer


def tagging(tag):
    @web.middleware
    async def middleware(request, handler):
        return await tagged(request, handler, tag)

    return middleware


async def test_middleware():
    """Functions with what they need, and factories of them, in the order given."""
    made = Application(
        web.Application, middlewares=providers.List(Middleware(tagged, tag="a"), MiddlewareFactory(tagging, "b"))
    )
    app = made()
    app.router.add_get("/", View(greet, greeting="Hello").as_view())

    status, _, headers = await get(app)
    assert (status, headers["X-Tags"]) == (200, "ba")
    assert made() is app


async def test_an_extension():
    """It is made once."""
    provider = Extension(dict, debug=True)

    assert provider() is provider()


class Container(containers.DynamicContainer):
    def __init__(self, log):
        super().__init__()

        async def opened(name, *_):
            log.append(f"open {name}")
            try:
                yield name
            finally:
                log.append(f"close {name}")

        self.db = providers.Resource(opened, "db")
        self.session = providers.Resource(opened, "session", self.db)


@inject
async def view(request, db=Provide["db"]):
    return web.Response(text=db)


@pytest.fixture
def log():
    return []


@pytest.fixture
def container(log):
    return Container(log)


async def test_resources_live_as_long_as_the_application(container, log):
    """And its views get what they are marked with, whoever wired them."""
    app = app_of(view)
    app.cleanup_ctx.append(CleanupContext(container))

    assert (await get(app))[1] == "db"
    assert log == ["open db", "open session", "close session", "close db"]


async def test_a_failed_start(container, log):
    """What was opened is closed again."""

    async def fail(_):
        raise OSError("no disk")

    container.disk = providers.Resource(fail, container.session)
    app = app_of(view)
    app.cleanup_ctx.append(CleanupContext(container))
    with pytest.raises(OSError, match="no disk"):
        await start(app)

    assert log == ["open db", "open session", "close session", "close db"]


@inject
async def lost(request, mailer=Provide["mailer"]):
    raise AssertionError("it is never called")


async def test_a_handler_that_would_get_nothing(container, log):
    """The start fails and says which it is."""
    app = app_of(lost)
    app.cleanup_ctx.append(CleanupContext(container))
    with pytest.raises(UnresolvedMarkerError, match="parameter 'mailer' of"):
        await start(app)

    assert log.count("open db") == log.count("close db")


async def test_a_client_that_leaves(log):
    """The handler is cancelled, and what it held is closed."""
    container = Container(log)
    waiting, closed = asyncio.Event(), asyncio.Event()

    @inject
    async def handler(request, session=Closing[Provide["session"]]):
        waiting.set()
        try:
            await asyncio.Event().wait()
        finally:
            closed.set()

    app = app_of(handler)
    app.cleanup_ctx.append(CleanupContext(container, Special))
    server = TestServer(app)
    await server.start_server()
    _, writer = await asyncio.open_connection(server.host, server.port)
    writer.write(b"GET / HTTP/1.1\r\nHost: app\r\n\r\n")
    await waiting.wait()
    writer.close()
    await writer.wait_closed()
    await closed.wait()
    await server.close()

    assert log == ["open db", "open session", "close session", "close db"]


class Special(providers.Resource):
    pass
