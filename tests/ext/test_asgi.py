"""Any ASGI application on a container: its lifespan or the lack of it, scopes, outcomes."""

from contextlib import asynccontextmanager

import anyio
import pytest
from conformance import Log, Session, Unbound, container_of
from ext_support import LifespanError, client, running

from tenure.errors import ScopeError
from tenure.ext.asgi import Connection, Inject, inject, note, setup

pytestmark = pytest.mark.anyio


@pytest.fixture
def log():
    return Log()


@pytest.fixture
def container(log):
    return container_of(log, is_async=True)


async def answer(send, text):
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": text.encode()})


@inject
async def number(session=Inject[Session], connection=Inject[Connection]):
    return f"{session.number} {connection.scope['path']}"


async def only_http(scope, receive, send):
    if scope["type"] != "http":
        raise ValueError(scope["type"])  # as Django does
    await answer(send, await number())


async def silent(scope, receive, send):
    if scope["type"] == "http":
        await answer(send, await number())


def speaking(log, *, fails_at=None):
    """Return an application with a lifespan of its own."""

    async def app(scope, receive, send):
        if scope["type"] == "http":
            await answer(send, await number())
            return
        for step in ("startup", "shutdown"):
            assert (await receive())["type"] == f"lifespan.{step}"
            log(step)
            if fails_at == step:
                raise RuntimeError(f"failed at {step}")
            await send({"type": f"lifespan.{step}.complete"})

    return app


@pytest.mark.parametrize("app", [only_http, silent])
async def test_an_application_without_a_lifespan(app, container, log):
    """The container has one all the same."""
    app = setup(app, container)
    async with running(app), client(app) as calls:
        assert list(log) == ["database opened"]
        assert (await calls.get("/here")).text == "1 /here"

    assert list(log) == ["database opened", "session opened", "session closed", "database closed"]


async def test_an_application_with_a_lifespan(container, log):
    """It starts and stops while the container is open."""
    app = setup(speaking(log), container)
    async with running(app), client(app) as calls:
        assert (await calls.get("/")).text == "1 /"

    assert list(log)[:2] == ["database opened", "startup"]
    assert list(log)[-2:] == ["shutdown", "database closed"]


@pytest.mark.parametrize("step", ["startup", "shutdown"])
async def test_a_lifespan_that_fails(step, container, log):
    """The container is closed, and the server is told why."""
    with pytest.raises(LifespanError, match=f"failed at {step}"):
        async with running(setup(speaking(log, fails_at=step), container)):
            pass

    assert container.snapshot().resources == ()


async def test_a_container_that_cannot_start(container, log):
    """The application is not started, and the server is told why."""

    @asynccontextmanager
    async def failing():
        raise OSError("no network")
        yield

    container.bind("failing", failing, scope="singleton")
    with pytest.raises(LifespanError, match="no network"):
        async with running(setup(speaking(log), container)):
            pass

    assert "startup" not in log
    assert container.snapshot().resources == ()


async def test_a_handler_that_cannot_be_served(container, log):
    """Whatever the application calls can be told."""

    @inject
    async def wants(wanted=Inject[Unbound]): ...

    with pytest.raises(LifespanError, match=r"wants.*Unbound"):
        async with running(setup(only_http, container, handlers=[wants])):
            pass
    assert list(log) == []


async def test_an_error_that_goes_no_further(container, log):
    """`note` shows it to the resources."""

    async def app(scope, receive, send):
        text = await number()
        note(scope, KeyError("name"))
        await answer(send, text)

    async with client(setup(app, container)) as calls:
        assert (await calls.get("/")).text == "1 /"

    assert "session rolled back: KeyError" in log
    await container.aclose()


async def test_one_application_in_another(container, log):
    """An error that is noted inside is seen outside."""
    outer_log = Log()
    outer = container_of(outer_log, is_async=True)

    async def inside(scope, receive, send):
        await container.aget(Session)
        note(scope, KeyError("name"))
        await answer(send, "")

    inner = setup(inside, container)

    async def outside(scope, receive, send):
        await outer.aget(Session)
        await inner(scope, receive, send)

    async with client(setup(outside, outer)) as calls:
        await calls.get("/")

    assert "session rolled back: KeyError" in log
    assert "session rolled back: KeyError" in outer_log
    await container.aclose()
    await outer.aclose()


async def test_a_request_that_is_cancelled(container, log):
    """Its resources are closed, awaiting as much as they like."""

    async def slowly():
        try:
            yield Slow()
        finally:
            await anyio.sleep(0)
            await anyio.sleep(0)
            log("slow closed")

    class Slow: ...

    container.bind(Slow, slowly, scope="request")
    started = anyio.Event()

    async def app(scope, receive, send):
        await container.aget(Slow)
        started.set()
        await anyio.sleep_forever()

    served = setup(app, container)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(served, {"type": "http", "path": "/"}, None, None)
        await started.wait()
        tasks.cancel_scope.cancel()

    assert list(log) == ["slow closed"]


async def test_requests_at_the_same_time(container, log):
    """Each has its own session."""
    met, everybody = [], anyio.Event()

    async def app(scope, receive, send):
        session = await container.aget(Session)
        met.append(session)
        if len(met) == 3:
            everybody.set()
        await everybody.wait()
        assert await container.aget(Session) is session

    served = setup(app, container)
    async with anyio.create_task_group() as tasks:
        for _ in range(3):
            tasks.start_soon(served, {"type": "http", "path": "/"}, None, None)

    assert len(set(met)) == 3
    assert list(log).count("session closed") == 3
    await container.aclose()


async def test_a_scope_of_another_name(container):
    """It has to be one that the container knows."""
    with pytest.raises(ScopeError, match="'session'"):
        setup(only_http, container, scope="session")


async def test_two_servers_on_one_container(container, log):
    """The first that starts opens it, the last that stops closes it."""
    one, two = setup(only_http, container), setup(silent, container)
    async with running(one):
        async with running(two):
            pass
        assert list(log) == ["database opened"]

    assert list(log) == ["database opened", "database closed"]
