"""`Lifespan`: resources are open while the application runs, and its views get what they are marked with."""

import threading
from contextlib import asynccontextmanager

import anyio
import httpx
import pytest
from ext_support import LifespanError, Server, client, running
from fastapi import APIRouter, Depends, FastAPI
from starlette.applications import Starlette
from starlette.endpoints import HTTPEndpoint
from starlette.responses import PlainTextResponse, StreamingResponse
from starlette.routing import Mount, Route

from tenure import containers, providers
from tenure.errors import CloseError
from tenure.ext.starlette import Lifespan
from tenure.wiring import Closing, Provide, UnresolvedMarkerError, inject

pytestmark = pytest.mark.anyio


class Boom(Exception):
    pass


@pytest.fixture
def log():
    return []


def resource(log, name):
    """Return a function that opens *name*: what it opened is shown how it ended."""

    @asynccontextmanager
    async def open_it(*_):
        log.append(f"open {name}")
        try:
            yield name
        except BaseException as error:
            log.append(f"{name} sees {type(error).__name__}")
            raise
        finally:
            await anyio.lowlevel.checkpoint()
            log.append(f"close {name}")

    return open_it


class Special(providers.Resource):
    pass


class Container(containers.DynamicContainer):
    def __init__(self, log):
        super().__init__()
        self.db = providers.Resource(resource(log, "db"))
        self.cache = providers.Resource(resource(log, "cache"), self.db)


@pytest.fixture
def container(log):
    return Container(log)


@inject
async def index(request, db=Provide["db"]):
    return PlainTextResponse(db)


def app_of(container, *routes, **options):
    return Starlette(routes=routes or [Route("/", index)], lifespan=Lifespan(container, **options))


OPEN, CLOSE = ["open db", "open cache"], ["close cache", "close db"]


# opening and closing


async def test_it_opens_and_closes(container, log):
    """In order, and in reverse."""
    async with running(app_of(container)):
        assert log == OPEN

    assert log == OPEN + CLOSE


async def test_by_itself(container, log):
    """It is a context manager without any application too."""
    async with Lifespan(container):
        assert log == OPEN
    assert log == OPEN + CLOSE


async def test_what_is_synchronous(log):
    """It is opened and closed likewise."""

    def opened():
        log.append("open")
        yield 1
        log.append("close")

    container = containers.DynamicContainer()
    container.it = providers.Resource(opened)
    async with running(app_of(container, Route("/", lambda request: PlainTextResponse()))):
        assert log == ["open"]
    assert log == ["open", "close"]


async def test_some_of_the_resources(container, log):
    """Those of a type of one's own."""
    container.special = Special(resource(log, "special"))
    async with running(app_of(container, resource_type=Special)):
        assert log == ["open special"]
    assert log == ["open special", "close special"]


async def test_what_is_no_type_of_resource(container):
    """The start says so."""
    with pytest.raises(LifespanError, match="resource_type takes a subclass of"):
        async with running(app_of(container, resource_type=dict)):
            pass


@pytest.mark.parametrize("kind", [Special, providers.ContextLocalResource])
async def test_what_was_opened_later_is_closed_too(container, log, kind):
    """A resource that a request was the first to need, of whatever type."""
    async with Lifespan(container):
        container.later = kind(resource(log, "later"))
        await container.later()
    assert log.count("open later") == log.count("close later") == 1


async def test_what_an_override_opened_is_closed_too(container, log):
    """Though it is overridden no more."""
    async with Lifespan(container):
        with container.db.override(providers.Resource(resource(log, "other"))):
            await container.db()
    assert log.count("open other") == log.count("close other") == 1


# failures


async def test_a_failed_start(container, log):
    """What was opened is closed again, and the server is told."""

    async def fail(_):
        raise Boom("no disk")

    container.disk = providers.Resource(fail, container.db)
    with pytest.raises(LifespanError, match="Boom: no disk"):
        async with running(app_of(container)):
            pass

    assert log.count("open db") == log.count("close db") == 1
    assert log.count("open cache") == log.count("close cache")


async def test_the_failure_is_the_resources_own(container):
    """It comes out as it is."""
    error = Boom()

    async def fail():
        raise error

    container.disk = providers.Resource(fail)
    with pytest.raises(Boom) as caught:
        await Lifespan(container).__aenter__()
    assert caught.value is error


async def test_a_start_after_a_failed_one(container, log):
    """It opens everything anew."""
    outcomes = iter([Boom(), None])

    async def may_fail(_):
        if (error := next(outcomes)) is not None:
            raise error

    container.disk = providers.Resource(may_fail, container.cache)
    app = app_of(container)
    with pytest.raises(LifespanError):
        async with running(app):
            pass
    async with running(app), client(app) as calls:
        assert (await calls.get("/")).text == "db"

    assert log == [*OPEN, "cache sees Boom", "close cache", "db sees Boom", "close db", *OPEN, *CLOSE]


async def test_a_failing_close(container, log):
    """The server is told; everything else is closed all the same."""

    @asynccontextmanager
    async def opened(_):
        yield
        raise Boom("flush failed")

    container.disk = providers.Resource(opened, container.cache)
    with pytest.raises(LifespanError, match="flush failed"):
        async with running(app_of(container)):
            pass
    assert log == OPEN + CLOSE


async def test_a_failing_close_by_itself(container):
    """The errors come as a group."""

    @asynccontextmanager
    async def opened():
        yield
        raise Boom

    container.disk = providers.Resource(opened)
    with pytest.raises(CloseError) as caught:
        async with Lifespan(container):
            pass
    assert [type(error) for error in caught.value.exceptions] == [Boom]


async def test_the_error_that_ends_it_is_shown(container, log):
    """To every resource; and leaves as itself."""
    error = Boom()
    with pytest.raises(Boom) as caught:
        async with Lifespan(container)(None):
            raise error

    assert caught.value is error
    assert log == [*OPEN, "cache sees Boom", "close cache", "db sees Boom", "close db"]


async def test_a_cancellation(container, log):
    """The resources are closed to the end, awaits and all."""
    with anyio.CancelScope() as cancellation:
        async with Lifespan(container)(None):
            cancellation.cancel()
            await anyio.sleep_forever()

    assert [line for line in log if "sees" not in line] == OPEN + CLOSE


# several applications


async def test_two_applications_share(container, log):
    """What they share is closed when the last one stops; its views are served that long."""
    lifespan = Lifespan(container)
    first = Starlette(routes=[Route("/", index)], lifespan=lifespan)
    second = Starlette(routes=[Route("/", index)], lifespan=Lifespan(container))
    async with running(first):
        async with running(second):
            assert log == OPEN
        assert log == OPEN
        async with client(first) as calls:
            assert (await calls.get("/")).text == "db"

    assert log == OPEN + CLOSE


async def test_nested_by_itself(container, log):
    """The outermost one closes."""
    lifespan = Lifespan(container)
    async with lifespan, lifespan:
        assert log == OPEN
    assert log == OPEN + CLOSE


async def test_again_and_again(container, log):
    """Each start opens anew."""
    app = app_of(container)
    for _ in range(3):
        async with running(app), client(app) as calls:
            assert (await calls.get("/")).text == "db"
    assert log == (OPEN + CLOSE) * 3


# wiring


async def test_a_view_nobody_wired(container):
    """It gets the value."""
    app = app_of(container)
    async with running(app), client(app) as calls:
        assert (await calls.get("/")).text == "db"


async def test_a_view_that_is_wired(container, log):
    """It gets what the container gives that it was wired to."""
    other = containers.DynamicContainer()
    other.db = providers.Object("other")
    other.wire(modules=[__name__])
    try:
        app = app_of(container)
        async with running(app), client(app) as calls:
            assert (await calls.get("/")).text == "other"
    finally:
        other.unwire()


async def test_after_the_stop(container):
    """Nobody serves the view any more, and a call says so."""
    async with running(app_of(container)):
        pass
    with pytest.raises(UnresolvedMarkerError, match="no container was wired to it"):
        await index(None)


async def test_after_a_failed_start(container):
    """Likewise."""

    async def fail():
        raise Boom

    container.disk = providers.Resource(fail)
    with pytest.raises(LifespanError):
        async with running(app_of(container)):
            pass
    with pytest.raises(UnresolvedMarkerError, match="no container was wired to it"):
        await index(None)


@inject
async def lost(request, mailer=Provide["mailer"]):
    raise AssertionError("it is never called")


class LostEndpoint(HTTPEndpoint):
    @inject
    async def get(self, request, mailer=Provide["mailer"]):
        raise AssertionError("it is never called")


@pytest.mark.parametrize(
    "route",
    [Route("/lost", lost), Route("/lost", LostEndpoint), Mount("/inner", routes=[Route("/lost", lost)])],
    ids=["function", "class", "mounted"],
)
async def test_a_route_that_would_get_nothing(container, log, route):
    """The start fails, says which it is, and closes what it had opened."""
    with pytest.raises(LifespanError, match=r"(?s)UnresolvedMarkerError: parameter 'mailer' of .*Provide\['mailer'\]"):
        async with running(app_of(container, Route("/", index), route)):
            pass
    assert [line for line in log if "sees" not in line] == OPEN + CLOSE


@inject
async def lost_dependency(mailer=Provide["mailer"]):
    raise AssertionError("it is never called")


@pytest.mark.parametrize("is_included", [False, True])
async def test_a_dependency_that_would_get_nothing(container, is_included):
    """What a FastAPI view depends on counts as well."""
    app = FastAPI(lifespan=Lifespan(container))
    router = APIRouter() if is_included else app

    @router.get("/")
    async def view(value=Depends(lost_dependency)):
        raise AssertionError("it is never called")

    if is_included:
        app.include_router(router)
    with pytest.raises(LifespanError, match="parameter 'mailer' of"):
        async with running(app):
            pass


@inject
async def db_dependency(db=Provide["db"]):
    return f"dependency on {db}"


async def test_a_dependency(container):
    """It gets the value."""
    app = FastAPI(lifespan=Lifespan(container))

    @app.get("/")
    async def view(value=Depends(db_dependency)):
        return value

    async with running(app), client(app) as calls:
        assert (await calls.get("/")).json() == "dependency on db"


async def test_functions_of_others_do_not_matter(container):
    """`lost` is no view of this application."""
    async with running(app_of(container)):
        pass


async def test_two_containers_at_a_time(container, log):
    """Which one serves the view would be a guess: the second start fails, the first goes on."""
    app = app_of(container)
    async with running(app), client(app) as calls:
        with pytest.raises(LifespanError, match="could all serve"):
            async with running(app_of(Container([]))):
                pass
        assert (await calls.get("/")).text == "db"


# requests that end early


class Requests(Container):
    def __init__(self, log, closed):
        super().__init__(log)
        opened = resource(log, "session")

        @asynccontextmanager
        async def session(db):
            try:
                async with opened() as value:
                    yield value
            finally:
                closed.set()

        self.session = providers.Resource(session, self.db)


@pytest.fixture
def closed():
    return threading.Event()


def get(server):
    """Send a request; return the connection once the answer begins."""
    connection = server.connect()
    connection.sendall(b"GET / HTTP/1.1\r\nHost: app\r\n\r\n")
    assert connection.recv(12) == b"HTTP/1.1 200"
    return connection


async def test_a_client_that_leaves_early(log, closed):
    """What the request held is closed; the application's resources stay open to its end."""
    container = Requests(log, closed)

    @inject
    async def chunks(session=Closing[Provide["session"]]):
        while True:
            yield f"{session}\n" * 1000
            await anyio.lowlevel.checkpoint()  # the server looks for the client's leaving

    async def view(request):
        return StreamingResponse(chunks())

    app = Starlette(routes=[Route("/", view)], lifespan=Lifespan(container, Special))
    with Server(app) as server:
        get(server).close()
        assert await anyio.to_thread.run_sync(closed.wait, 20)

    assert [line for line in log if "sees" not in line] == ["open db", "open session", "close session", "close db"]


async def test_a_request_under_way_at_the_stop(container, log):
    """The server waits for it, and the resources for the server."""
    begun, may_end = anyio.Event(), anyio.Event()

    @inject
    async def view(request, db=Provide["db"]):
        begun.set()
        await may_end.wait()
        return PlainTextResponse(f"{db} {log[-1]}")

    app = app_of(container, Route("/", view))
    answers = []

    async def call():
        async with client(app) as calls:
            answers.append((await calls.get("/")).text)

    async with running(app), anyio.create_task_group() as tasks:
        tasks.start_soon(call)
        await begun.wait()
        may_end.set()

    assert answers == ["db open cache"]
    assert log == OPEN + CLOSE


@pytest.mark.filterwarnings("ignore:Using `httpx` with:DeprecationWarning")
@pytest.mark.filterwarnings("ignore::starlette.exceptions.StarletteDeprecationWarning")
@pytest.mark.parametrize("anyio_backend", ["asyncio"])
async def test_with_starlettes_test_client(container, log):
    """Twice, each with a loop of its own."""
    from starlette.testclient import TestClient

    app = app_of(container)

    def use():
        for _ in range(2):
            with TestClient(app) as calls:
                assert calls.get("/").text == "db"

    await anyio.to_thread.run_sync(use)
    assert log == (OPEN + CLOSE) * 2


def test_over_the_network_a_failed_start(container, caplog):
    """The server ends by itself."""

    async def fail():
        raise Boom("no disk")

    container.disk = providers.Resource(fail)
    with Server(app_of(container)) as server:
        server.thread.join(20)

    assert not server.started
    assert "no disk" in caplog.text


def test_over_the_network(container, log):
    """Opened before the first request, closed after the last."""
    with Server(app_of(container)) as server:
        assert httpx.get(server.url).text == "db"
        assert log == OPEN
    assert log == OPEN + CLOSE
