"""Starlette on a container, over the network and in parts."""

import inspect
from contextlib import asynccontextmanager

import anyio
import pytest
from conformance import Answered, Conformance, Database, Log, Repository, Session, Unbound, container_of
from ext_support import client, running, serving, start
from starlette.applications import Starlette
from starlette.background import BackgroundTask
from starlette.endpoints import HTTPEndpoint
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.base import BaseHTTPMiddleware
from starlette.requests import HTTPConnection, Request
from starlette.responses import PlainTextResponse, StreamingResponse
from starlette.routing import Mount, Route, WebSocketRoute

from tenure import containers
from tenure.errors import BindingError, CloseError
from tenure.ext.starlette import Inject, inject, setup


class Visitor:
    def __init__(self, request: Request) -> None:
        self.name = request.headers["X-Name"]


def routes(log):  # noqa: C901 - one short function after the other
    @inject
    async def value(request, number: int = 0, session=Inject[Session], repository=Inject[Repository]):
        assert repository.session is session
        return PlainTextResponse(f"{session.number} {session.is_open}")

    @inject
    def synchronous(request, database=Inject[Database]):
        return PlainTextResponse(str(isinstance(database, Database)))

    @inject
    async def visitor(request, visitor=Inject[Visitor]):
        return PlainTextResponse(visitor.name)

    @inject
    async def answered(request, session=Inject[Session]):
        raise Answered

    @inject
    async def error(request, session=Inject[Session]):
        return 1 / 0

    @inject
    async def stream(request, session=Inject[Session]):
        async def chunks():
            for _ in range(3):
                yield f"{session.is_open} "

        return StreamingResponse(chunks())

    @inject
    async def endless(request, session=Inject[Session]):
        async def chunks():
            while session.is_open:
                yield "more " * 1000
                await anyio.sleep(0)  # or the server would never look

        return StreamingResponse(chunks())

    @inject
    async def background(request, session=Inject[Session]):
        return PlainTextResponse("soon", background=BackgroundTask(lambda: log(f"background: {session.is_open}")))

    @inject
    async def ws(socket, session=Inject[Session]):
        await socket.accept()
        async for text in socket.iter_text():
            await socket.send_text(f"{text} {session.number} {session.is_open}")

    return [
        Route("/value", value),
        Route("/sync", synchronous),
        Route("/request", visitor),
        Route("/answered", answered),
        Route("/error", error),
        Route("/stream", stream),
        Route("/endless", endless),
        Route("/background", background),
        WebSocketRoute("/ws", ws),
    ]


class TestStarlette(Conformance):
    framework = "Starlette"
    packages = ("starlette", "uvicorn")

    def app(self, container, log):
        @asynccontextmanager
        async def lifespan(app):
            log("app started")
            yield
            log("app stopped")

        def answer(request, error):
            return PlainTextResponse("answered", 409)

        app = Starlette(routes=routes(log), lifespan=lifespan, exception_handlers={Answered: answer})
        setup(app, container)
        return app

    def broken(self, container):
        @inject
        async def broken(request, wanted=Inject[Unbound]): ...

        app = Starlette(routes=[Mount("/below", routes=[Route("/", broken)])])
        setup(app, container)
        return app

    def serve(self, app):
        return serving(app)

    def start(self, app):
        start(app)

    def schema(self, app):
        return str(inspect.signature(app.routes[0].endpoint))


@pytest.fixture
def log():
    return Log()


@pytest.fixture
def container(log):
    return container_of(log, is_async=True)


def app_of(container, endpoint, **options):
    app = Starlette(routes=[Route("/", endpoint)], **options)
    setup(app, container)
    return app


@pytest.mark.anyio
async def test_an_endpoint_of_methods(container):
    """Each is injected, and looked at before the start."""

    class Endpoint(HTTPEndpoint):
        @inject
        async def get(self, request, session=Inject[Session]):
            return PlainTextResponse(str(session.number))

    app = app_of(container, Endpoint)
    async with running(app), client(app) as calls:
        assert (await calls.get("/")).text == "1"
    assert not any("Session" in str(f) for f in container.findings() if f.kind == "unused")


@pytest.mark.anyio
async def test_one_object_for_both_classes(container):
    """`HTTPConnection` serves what answers requests and websockets alike."""

    @inject
    async def same(request, connection=Inject[HTTPConnection], injected=Inject[Request]):
        return PlainTextResponse(f"{connection is injected} {injected.url.path}")

    app = app_of(container, same)
    async with running(app), client(app) as calls:
        assert (await calls.get("/")).text == "True /"


@pytest.mark.anyio
async def test_an_error_of_a_status(container, log):
    """Handlers by status are among those that answer."""

    async def teapot(request, error):
        return PlainTextResponse("short and stout", 418)

    @inject
    async def refuse(request, session=Inject[Session]):
        raise HTTPException(418)

    app = app_of(container, refuse, exception_handlers={418: teapot})
    async with running(app), client(app) as calls:
        assert (await calls.get("/")).text == "short and stout"

    assert "session rolled back: HTTPException" in log


@pytest.mark.anyio
async def test_closing_that_fails_behind_an_answer(container):
    """It is raised: nobody would hear of it with an error that goes no further."""
    raised = []

    class Opened: ...

    async def opened():
        try:
            yield Opened()
        finally:
            raise ZeroDivisionError

    container.bind(Opened, opened, scope="request")

    @inject
    async def refuse(request, opened=Inject[Opened]):
        raise HTTPException(404)

    app = app_of(container, refuse)
    middleware = app.build_middleware_stack()

    async def caught(scope, receive, send):
        try:
            await middleware(scope, receive, send)
        except CloseError as error:
            raised.append(error)

    async with client(caught) as calls:
        assert (await calls.get("/")).status_code == 404
    assert [type(error) for error in raised[0].exceptions] == [ZeroDivisionError]
    await container.aclose()


@pytest.mark.anyio
async def test_an_error_that_a_middleware_answers_for(container, log):
    """The resources see it all the same."""

    class Answering(BaseHTTPMiddleware):
        async def dispatch(self, request, call_next):
            try:
                return await call_next(request)
            except Answered:
                return PlainTextResponse("answered", 409)

    @inject
    async def refuse(request, session=Inject[Session]):
        raise Answered

    app = app_of(container, refuse, middleware=[Middleware(Answering)])
    async with running(app), client(app) as calls:
        assert (await calls.get("/")).status_code == 409

    assert list(log)[1:3] == ["session opened", "session rolled back: Answered"]


@pytest.mark.anyio
async def test_a_request_that_is_tried_again(container, log):
    """It is the last attempt that counts."""

    class Again:
        def __init__(self, app):
            self.app = app

        async def __call__(self, scope, receive, send):
            try:
                await self.app(scope, receive, send)
            except Answered:
                await self.app(scope, receive, send)

    attempts = iter((True, False))

    @inject
    async def fail_first(request, session=Inject[Session]):
        if next(attempts):
            raise Answered
        return PlainTextResponse("done")

    app = app_of(container, fail_first, middleware=[Middleware(Again)])
    async with running(app), client(app) as calls:
        assert (await calls.get("/")).text == "done"

    assert list(log)[1:3] == ["session opened", "session closed"]


@pytest.mark.anyio
@pytest.mark.parametrize("way", ["mounted", "below a router", "behind middleware", "with its own setup"])
async def test_an_error_that_a_mounted_application_answers_for(way, container, log):
    """The resources see it all the same, however deep it stands."""

    @inject
    async def refuse(request, session=Inject[Session]):
        raise HTTPException(418)

    below = Starlette(routes=[Route("/", refuse)])
    if way == "with its own setup":
        setup(below, container)
    around = [Middleware(lambda app: app)] if way == "behind middleware" else None
    mount = Mount("/below", app=below, middleware=around)
    app = Starlette(routes=[Mount("/deep", routes=[mount])] if way == "below a router" else [mount])
    setup(app, container)
    for _ in range(2):
        async with running(app), client(app) as calls:
            path = "/deep/below/" if way == "below a router" else "/below/"
            assert (await calls.get(path)).status_code == 418

    assert list(log).count("session rolled back: HTTPException") == 2
    assert "session closed" not in log


def test_an_endpoint_without_the_decorator(container, log):
    """The start says so."""

    async def forgotten(request, session=Inject[Session]): ...

    with pytest.raises(BindingError, match=r"'session' of .*forgotten is Inject\[Session\].*put @inject"):
        start(app_of(container, forgotten))
    assert list(log) == []


def test_an_application_twice(container):
    """A scope inside a scope of the same name would be of no use."""
    app = Starlette()
    setup(app, container)
    with pytest.raises(BindingError, match="a container already"):
        setup(app, container)


def test_a_container_of_the_other_face():
    """The error says what to do."""
    with pytest.raises(BindingError, match="include"):
        setup(Starlette(), containers.DynamicContainer())
