"""FastAPI on a container, over the network and in parts."""

import json
from contextlib import asynccontextmanager
from typing import Annotated

import anyio
import pytest
from conformance import Answered, Conformance, Database, Log, Repository, Session, Unbound, container_of
from ext_support import client, running, serving, start
from fastapi import APIRouter, BackgroundTasks, Depends, FastAPI, HTTPException, Request, WebSocket
from fastapi.responses import PlainTextResponse, StreamingResponse

from tenure.errors import GraphError
from tenure.ext.fastapi import Inject, Injected, dependency, inject, setup


class Visitor:
    def __init__(self, request: Request) -> None:
        self.name = request.headers["X-Name"]


def routes(log):  # noqa: C901 - one short function after the other
    router = APIRouter(default_response_class=PlainTextResponse)

    @router.get("/value")
    @inject
    async def value(number: int = 0, session: Session = Inject[Session], repository: Repository = Inject[Repository]):
        assert repository.session is session
        return f"{session.number} {session.is_open}"

    @router.get("/sync")
    @inject
    def synchronous(database: Annotated[Database, Inject()]):
        return str(isinstance(database, Database))

    @router.get("/request")
    @inject
    async def request(visitor: Visitor = Inject[Visitor]):
        return visitor.name

    @router.get("/answered")
    @inject
    async def answered(session: Session = Inject[Session]):
        raise Answered

    @router.get("/error")
    @inject
    async def error(session: Session = Inject[Session]):
        return 1 / 0

    @router.get("/stream")
    @inject
    async def stream(session: Session = Inject[Session]):
        async def chunks():
            for _ in range(3):
                yield f"{session.is_open} "

        return StreamingResponse(chunks())

    @router.get("/endless")
    @inject
    async def endless(session: Session = Inject[Session]):
        async def chunks():
            while session.is_open:
                yield "more " * 1000
                await anyio.sleep(0)  # or the server would never look

        return StreamingResponse(chunks())

    @router.get("/background")
    @inject
    async def background(tasks: BackgroundTasks, session: Session = Inject[Session]):
        tasks.add_task(lambda: log(f"background: {session.is_open}"))
        return "soon"

    @router.websocket("/ws")
    @inject
    async def ws(socket: WebSocket, session: Session = Inject[Session]):
        await socket.accept()
        async for text in socket.iter_text():
            await socket.send_text(f"{text} {session.number} {session.is_open}")

    return router


def app_of(container, *routers, **options):
    app = FastAPI(**options)
    for router in routers:
        app.include_router(router)
    setup(app, container)
    return app


class TestFastAPI(Conformance):
    framework = "FastAPI"
    packages = ("fastapi", "starlette", "uvicorn")

    def app(self, container, log):
        @asynccontextmanager
        async def lifespan(app):
            log("app started")
            yield
            log("app stopped")

        app = app_of(container, routes(log), lifespan=lifespan)

        @app.exception_handler(Answered)
        async def answer(request, error):
            return PlainTextResponse("answered", 409)

        return app

    def broken(self, container):
        router = APIRouter()

        @router.get("/")
        @inject
        async def broken(wanted: Annotated[Unbound, Inject()]): ...

        return app_of(container, router)

    def serve(self, app):
        return serving(app)

    def start(self, app):
        start(app)

    def schema(self, app):
        return json.dumps(app.openapi())


@pytest.fixture
def log():
    return Log()


@pytest.fixture
def container(log):
    return container_of(log, is_async=True)


@pytest.mark.anyio
async def test_a_value_as_a_dependency_of_its_own(container):
    """`Injected[T]` needs no decorator, and `dependency_overrides` replaces it."""
    app = FastAPI()

    @app.get("/")
    async def number(session: Injected[Session]) -> int:
        return session.number

    setup(app, container)
    async with running(app), client(app) as calls:
        before = (await calls.get("/")).json()
        app.dependency_overrides[dependency(Session)] = lambda: Session(99)
        overridden = (await calls.get("/")).json()
        app.dependency_overrides.clear()
        after = (await calls.get("/")).json()

    assert (before, overridden, after) == (1, 99, 2)
    assert app.openapi()["paths"]["/"]["get"].get("parameters") is None


def test_a_dependency_that_cannot_be_served(container, log):
    """It is found at the start, like the parameters of a route."""
    app = FastAPI()

    @app.get("/")
    async def index(wanted: Injected[Unbound]): ...

    setup(app, container)
    with pytest.raises(GraphError, match=r"Injected\[Unbound\].*Unbound"):
        start(app)
    assert list(log) == []


@pytest.mark.anyio
async def test_an_injected_dependency(container, log):
    """A function behind `Depends` is injected like a route, and shares the session with it."""
    app = FastAPI()

    @inject
    async def current(session: Session = Inject[Session]) -> Session:
        return session

    @app.get("/")
    @inject
    async def same(current: Annotated[Session, Depends(current)], session: Session = Inject[Session]) -> bool:
        return current is session

    setup(app, container)
    async with running(app), client(app) as calls:
        assert (await calls.get("/")).json() is True


@pytest.mark.anyio
async def test_an_http_exception(container, log):
    """What becomes a response all by itself is an error to the resources, as it is to FastAPI's own."""
    app = FastAPI()

    @app.get("/")
    @inject
    async def refuse(session: Session = Inject[Session]):
        raise HTTPException(403)

    setup(app, container)
    async with running(app), client(app) as calls:
        assert (await calls.get("/")).status_code == 403

    assert "session rolled back: HTTPException" in log


@pytest.mark.anyio
async def test_a_lifespan_with_injected_parameters(container, log):
    """The container is open, and is the one that serves it."""

    @asynccontextmanager
    @inject
    async def lifespan(app, database: Database = Inject[Database]):
        log(type(database).__name__)
        yield {"state": "given"}

    app = FastAPI(lifespan=lifespan)
    app.get("/")(lambda request: None)
    setup(app, container)
    async with running(app):
        pass

    assert list(log) == ["database opened", "Database", "database closed"]


@pytest.mark.anyio
async def test_it_starts_again(container, log):
    """As often as one likes, as test clients do."""
    app = FastAPI()
    setup(app, container)
    for _ in range(2):
        async with running(app):
            pass

    assert list(log) == ["database opened", "database closed"] * 2


@pytest.mark.anyio
async def test_a_container_that_was_started_before(container, log):
    """It is closed by whoever started it."""
    app = FastAPI()
    setup(app, container)
    async with container:
        async with running(app):
            pass
        assert list(log) == ["database opened"]

    assert list(log) == ["database opened", "database closed"]


@pytest.mark.anyio
async def test_a_start_that_fails(container, log):
    """The container is closed behind it, and its resources see why."""
    failed = RuntimeError("no")

    @asynccontextmanager
    async def lifespan(app):
        raise failed
        yield

    app = FastAPI(lifespan=lifespan)
    setup(app, container)
    with pytest.raises(RuntimeError) as caught:
        async with app.router.lifespan_context(app):
            pass

    assert caught.value is failed
    assert container.snapshot().resources == ()


def test_a_route_without_the_decorator(container):
    """FastAPI refuses it when it is declared."""
    app = FastAPI()

    with pytest.raises(Exception, match="Session"):
        app.get("/")(_undecorated)


async def _undecorated(session: Session = Inject[Session]): ...
