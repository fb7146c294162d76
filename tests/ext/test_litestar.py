"""Litestar on a container, over the network and in parts."""

import json
import sys
from contextlib import asynccontextmanager

import anyio
import litestar
import pytest
from conformance import Answered, Conformance, Database, Log, Repository, Session, Unbound, container_of
from ext_support import serving
from litestar import Controller, Litestar, Request, Response, WebSocket
from litestar.background_tasks import BackgroundTask
from litestar.connection import ASGIConnection
from litestar.di import Provide
from litestar.exceptions import NotAuthorizedException
from litestar.response import Stream
from litestar.testing import AsyncTestClient, TestClient

from tenure import Container, containers
from tenure.errors import BindingError, GraphError
from tenure.ext.litestar import ContainerPlugin, Inject, inject, setup
from tenure.hosting.looking import expect_applications

# what the newest one wants in place of these is not in the oldest
pytestmark = pytest.mark.filterwarnings(
    "ignore:.*(deprecated inferred style|Inferred dependency field|without a body marker)"
)


class Visitor:
    def __init__(self, request: Request) -> None:
        self.name = request.headers["X-Name"]


class Work(Controller):
    """Some of the routes, as methods."""

    @litestar.get("/value")
    @inject
    async def value(
        self, number: int = 0, session: Session = Inject[Session], repository: Repository = Inject[Repository]
    ) -> str:
        assert repository.session is session
        return f"{session.number} {session.is_open}"

    @litestar.get("/answered")
    @inject
    async def answered(self, session: Session = Inject[Session]) -> str:
        raise Answered

    @litestar.get("/error")
    @inject
    async def error(self, session: Session = Inject[Session]) -> str:
        return str(1 / 0)


def routes(log):  # noqa: C901 - one short function after the other
    @litestar.get("/sync", sync_to_thread=True)
    @inject
    def synchronous(database: Database = Inject[Database]) -> str:
        return str(isinstance(database, Database))

    @litestar.get("/request")
    @inject
    async def visitor(visitor: Visitor = Inject[Visitor]) -> str:
        return visitor.name

    @litestar.get("/stream")
    @inject
    async def stream(session: Session = Inject[Session]) -> Stream:
        async def chunks():
            for _ in range(3):
                yield f"{session.is_open} "

        return Stream(chunks())

    @litestar.get("/endless")
    @inject
    async def endless(session: Session = Inject[Session]) -> Stream:
        async def chunks():
            while session.is_open:
                yield "more " * 1000
                await anyio.sleep(0)  # or the server would never look

        return Stream(chunks())

    @litestar.get("/background")
    @inject
    async def background(session: Session = Inject[Session]) -> Response[str]:
        return Response("soon", background=BackgroundTask(lambda: log(f"background: {session.is_open}")))

    @litestar.websocket("/ws")
    @inject
    async def ws(socket: WebSocket, session: Session = Inject[Session]) -> None:
        await socket.accept()
        async for text in socket.iter_data():
            await socket.send_text(f"{text} {session.number} {session.is_open}")

    return [Work, synchronous, visitor, stream, endless, background, ws]


def answer(request: Request, error: Answered) -> Response[str]:
    return Response("answered", status_code=409)


class TestLitestar(Conformance):
    framework = "Litestar"
    packages = ("litestar", "uvicorn")

    def app(self, container, log):
        @asynccontextmanager
        async def lifespan(app):
            log("app started")
            yield

        app = Litestar(
            routes(log),
            lifespan=[lifespan],
            on_shutdown=[lambda: log("app stopped")],
            exception_handlers={Answered: answer},
        )
        setup(app, container)
        return app

    def broken(self, container):
        class Broken(Controller):
            @litestar.get("/")
            @inject
            async def broken(self, wanted: Unbound = Inject[Unbound]) -> None: ...

        app = Litestar([litestar.Router("/below", route_handlers=[Broken])])
        setup(app, container)
        return app

    def serve(self, app):
        return serving(app)

    def start(self, app):
        start(app)

    def schema(self, app):
        return json.dumps(app.openapi_schema.to_schema()["paths"]["/value"])


class TestThePlugin(TestLitestar):
    framework = "Litestar, as a plugin"

    def app(self, container, log):
        @asynccontextmanager
        async def lifespan(app):
            log("app started")
            yield

        return Litestar(
            routes(log),
            lifespan=[lifespan],
            on_shutdown=[lambda: log("app stopped")],
            exception_handlers={Answered: answer},
            plugins=[ContainerPlugin(container)],
        )

    def test_a_release_whose_plugins_know_no_application(self, container, log):
        """It is known when it starts; before that `tenure check` sees `@inject` alone."""

        class Forgetful(ContainerPlugin):
            def on_app_init(self, app_config):
                app_config.plugins = [each for each in app_config.plugins if not hasattr(each, "app")]
                return super().on_app_init(app_config)

        app = Litestar(routes(log), plugins=[Forgetful(container)])

        assert expect_applications(container) == ([], False)
        start(app)


@pytest.fixture
def log():
    return Log()


@pytest.fixture
def container(log):
    return container_of(log, is_async=True)


def start(app):
    """Start *app*, and stop it at once; raise what its lifespan raises, which the group of its emitter is around."""

    async def run():
        async with app.lifespan():
            pass

    try:
        anyio.run(run)
    except ExceptionGroup as group:
        raise group.exceptions[0] from None


def app_of(container, *handlers, **options):
    app = Litestar(handlers, **options)
    setup(app, container)
    return app


@pytest.fixture
def anyio_backend():
    return "asyncio"


@pytest.mark.anyio
async def test_what_stands_around_a_handler(container, log):
    """Dependencies, generators among them, and guards have the session of the request."""

    @inject
    async def number(session: Session = Inject[Session]) -> int:
        return session.number

    @inject
    def guard(connection: ASGIConnection, handler: object, database: Database = Inject[Database]) -> None:
        log(f"guard: {connection.url.path} {isinstance(database, Database)}")

    @litestar.get("/", dependencies={"number": Provide(number)}, guards=[guard])
    @inject
    async def show(number: int, session: Session = Inject[Session]) -> str:
        return f"{number == session.number}"

    async with AsyncTestClient(app_of(container, show)) as calls:
        assert (await calls.get("/")).text == "True"
    assert "guard: / True" in log


@pytest.mark.anyio
async def test_the_body_twice(container):
    """Litestar keeps it: whoever is given the request may read it as well as the handler."""

    @litestar.post("/")
    @inject
    async def both(
        data: dict[str, int],
        request: Request,
        injected: Request = Inject[Request],
        same: ASGIConnection = Inject[ASGIConnection],
    ) -> str:
        return f"{data == await injected.json()} {injected is same}"

    async with AsyncTestClient(app_of(container, both)) as calls:
        assert (await calls.post("/", json={"a": 1})).text == "True True"


@pytest.mark.anyio
async def test_a_request_of_another_class(container):
    """The application says which."""

    class Own(Request): ...

    @litestar.get("/")
    @inject
    async def show(injected: Request = Inject[Request]) -> str:
        return type(injected).__name__

    async with AsyncTestClient(app_of(container, show, request_class=Own)) as calls:
        assert (await calls.get("/")).text == "Own"


@pytest.mark.anyio
async def test_an_error_of_the_framework(container, log):
    """One that Litestar answers by itself is seen as well."""

    @litestar.get("/")
    @inject
    async def refuse(session: Session = Inject[Session]) -> None:
        raise NotAuthorizedException

    async with AsyncTestClient(app_of(container, refuse)) as calls:
        assert (await calls.get("/")).status_code == 401
        assert (await calls.get("/nowhere")).status_code == 404
    assert list(log).count("session rolled back: NotAuthorizedException") == 1


def test_a_listener_of_websockets(container, log):
    """Its function is called for each message, in the scope of the websocket."""

    @litestar.websocket_listener("/")
    @inject
    async def echo(data: str, session: Session = Inject[Session]) -> str:
        return f"{data} {session.number}"

    with TestClient(app_of(container, echo)) as calls, calls.websocket_connect("/") as socket:
        for text in "ab":
            socket.send_text(text)
            assert socket.receive_text() == f"{text} 1"

    assert list(log) == ["database opened", "session opened", "session closed", "database closed"]


@pytest.mark.anyio
async def test_hooks_of_the_application(container, log):
    """Those of its start and its stop are served; so is, in a scope of its own, a listener of events."""

    @inject
    async def hook(database: Database = Inject[Database]) -> None:
        log(f"hook: {isinstance(database, Database)}")

    @litestar.events.listener("said")
    @inject(container=container, scope="call")
    async def said(database: Database = Inject[Database]) -> None:
        log(f"said: {isinstance(database, Database)}")

    @litestar.get("/")
    async def say(request: Request) -> None:
        request.app.emit("said")

    async with AsyncTestClient(
        app_of(container, say, listeners=[said], on_startup=[hook], on_shutdown=[hook])
    ) as calls:
        await calls.get("/")
    assert list(log) == ["database opened", "hook: True", "said: True", "hook: True", "database closed"]


@pytest.mark.anyio
async def test_an_application_runs_again(container, log):
    """It starts and stops as often as one likes."""

    @litestar.get("/")
    @inject
    async def show(session: Session = Inject[Session]) -> int:
        return session.number

    app = app_of(container, show)
    for number in (1, 2):
        async with AsyncTestClient(app) as calls:
            assert (await calls.get("/")).text == str(number)
    assert list(log) == ["database opened", "session opened", "session closed", "database closed"] * 2


@pytest.mark.parametrize("where", ["on_startup", "on_shutdown", "lifespan"])
def test_a_start_or_stop_that_fails(log, where):
    """What was opened is closed, and sees the error of a start; the error leaves as it is."""

    class Disk: ...

    async def disk():
        try:
            yield Disk()
        finally:
            log(f"closed: {type(sys.exception()).__name__}")

    @asynccontextmanager
    async def lifespan(app):
        fail()
        yield

    def fail():
        raise OSError("no disk")

    container = Container()
    container.bind(Disk, disk, scope="singleton")
    app = app_of(container, **{where: [lifespan if where == "lifespan" else fail]})
    with pytest.raises(OSError, match="no disk"):
        start(app)
    assert list(log) == [f"closed: {'NoneType' if where == 'on_shutdown' else 'OSError'}"]


def test_a_listener_that_cannot_be_served(container, log):
    """Its function is looked at, too, and so are dependencies."""

    @litestar.websocket_listener("/")
    @inject
    async def deaf(data: str, wanted: Unbound = Inject[Unbound]) -> str:
        return data

    @inject
    async def lost(wanted: Unbound = Inject[Unbound]) -> int:
        return 1

    @litestar.get("/other", dependencies={"number": Provide(lost)})
    async def other(number: int) -> None: ...

    with pytest.raises(GraphError, match=r"(?s)deaf.*lost|lost.*deaf"):
        start(app_of(container, deaf, other))
    assert list(log) == []


def test_an_application_twice(container):
    """A scope inside a scope of the same name would be of no use."""
    app = app_of(container)
    with pytest.raises(BindingError, match="a container already"):
        setup(app, container)
    with pytest.raises(BindingError, match="a container already"):
        Litestar(plugins=[ContainerPlugin(container), ContainerPlugin(container)])


def test_a_container_of_the_other_face():
    """The error says what to do."""
    with pytest.raises(BindingError, match="include"):
        setup(Litestar(), containers.DynamicContainer())
