"""Sanic on a container, over the network: in this process, and by `app.run` in others."""

import asyncio
import contextlib
import inspect
import itertools
import os
import signal
import socket
import subprocess
import sys
import threading
import time

import anyio
import httpx
import pytest
from conformance import TIMEOUT_S, Answered, Conformance, Database, Log, Repository, Session, Unbound, container_of
from ext_support import PROGRAMS
from ext_support import serving as by_uvicorn
from sanic import Blueprint, Request, Sanic
from sanic.exceptions import NotFound
from sanic.response import ResponseStream, text
from sanic.views import HTTPMethodView

from tenure import Container, containers
from tenure.errors import BindingError, GraphError
from tenure.ext.sanic import Inject, background, inject, setup

numbers = itertools.count()


class Visitor:
    def __init__(self, request: Request) -> None:
        self.name = request.headers["X-Name"]


def new_app():
    Sanic.test_mode = True  # or what it makes of its own methods is made once for a process
    return Sanic(f"app_{next(numbers)}", configure_logging=False)


def routes(app, log):  # noqa: C901 - one short function after the other
    @app.get("/value")
    @inject
    async def value(request, number=0, session=Inject[Session], repository=Inject[Repository]):
        assert repository.session is session
        return text(f"{session.number} {session.is_open}")

    @app.get("/sync")
    @inject
    def synchronous(request, database=Inject[Database]):
        return text(str(isinstance(database, Database)))

    @app.get("/request")
    @inject
    async def visitor(request, visitor=Inject[Visitor]):
        return text(visitor.name)

    @app.get("/answered")
    @inject
    async def answered(request, session=Inject[Session]):
        raise Answered

    @app.get("/error")
    @inject
    async def error(request, session=Inject[Session]):
        return 1 / 0

    @app.get("/stream")
    @inject
    async def stream(request, session=Inject[Session]):
        async def chunks(response):
            for _ in range(3):
                await response.write(f"{session.is_open} ")

        return ResponseStream(chunks)

    @app.get("/endless")
    @inject
    async def endless(request, session=Inject[Session]):
        response = await request.respond()
        while session.is_open:
            await response.send("more " * 1000)
            await anyio.sleep(0)  # or the server would never look

    @app.get("/background")
    @inject
    async def behind(request, session=Inject[Session]):
        @background(container_in(app))
        async def later(own=Inject[Session]):
            log(f"background: {own.is_open} {own is session}")

        request.app.add_task(later())
        return text("soon")

    @app.websocket("/ws")
    @inject
    async def ws(request, socket, session=Inject[Session]):
        async for said in socket:
            await socket.send(f"{said} {session.number} {session.is_open}")

    @app.exception(Answered)
    async def answer(request, error):
        return text("answered", 409)


def container_in(app):
    return app.__tenure_container__


class TestSanic(Conformance):
    framework = "Sanic"
    packages = ("sanic",)
    lacks = {"background": "its tasks go on behind the request, each in a scope of its own"}

    def app(self, container, log):
        app = new_app()
        routes(app, log)

        @app.before_server_start
        async def started(app):
            log("app started")

        @app.after_server_stop
        async def stopped(app):
            log("app stopped")

        setup(app, container)
        return app

    def broken(self, container):
        app, below = new_app(), Blueprint("below", url_prefix="/below")

        @below.get("/")
        @inject
        async def broken(request, wanted=Inject[Unbound]): ...

        app.blueprint(below)
        setup(app, container)
        return app

    def serve(self, app):
        return serving(app)

    def start(self, app):
        with serving(app):
            pass

    def schema(self, app):
        return str(inspect.signature(app.router.routes[0].handler))


@contextlib.contextmanager
def serving(app):
    """Have *app* run on a server of Sanic's in a thread, and give its address."""
    listening = socket.create_server(("127.0.0.1", 0))
    ready, failed = threading.Event(), []

    async def run():
        server = await app.create_server(sock=listening, return_asyncio_server=True, access_log=False)
        await server.startup()
        await server.before_start()
        await server.after_start()
        await server.start_serving()
        stopping.append((asyncio.get_running_loop(), stop := asyncio.Event()))
        ready.set()
        await stop.wait()
        await server.before_stop()
        server.close()
        await server.wait_closed()
        for connection in server.connections:
            connection.close_if_idle()
        app.shutdown_tasks(1)
        await server.after_stop()

    stopping = []

    def serve():
        try:
            asyncio.run(run())
        except BaseException as error:
            failed.append(error)
        finally:
            ready.set()

    thread = threading.Thread(target=serve, name="sanic")
    thread.start()
    try:
        assert ready.wait(TIMEOUT_S)
        if not failed:
            yield "http://{}:{}".format(*listening.getsockname())
    finally:
        for loop, stop in stopping:
            loop.call_soon_threadsafe(stop.set)
        thread.join(TIMEOUT_S)
        listening.close()
    assert not thread.is_alive()
    if failed:
        raise failed[0]


@pytest.fixture
def log():
    return Log()


@pytest.fixture
def container(log):
    return container_of(log, is_async=True)


@contextlib.contextmanager
def serving_one(container, handler):
    """Serve *handler* at the root of a new application."""
    app = new_app()
    app.add_route(handler, "/")
    setup(app, container)
    with serving(app) as url:
        yield url


@pytest.mark.slow
class TestParts:
    def test_a_task_behind_the_answer(self, container, log):
        """It has a session of its own, also when the request's is closed."""
        app = new_app()
        routes(app, log)
        setup(app, container)
        with by_uvicorn(app) as url:  # the other way of serving here knows no `add_task`
            assert httpx.get(f"{url}/background").text == "soon"
            log.until("background: True False")
            assert log.until("session closed", 2).count("session opened") == 2

    def test_middleware(self, container, log):
        """It is inside the scope, also where it makes something of the answer."""
        app = new_app()

        @app.on_request
        @inject
        async def before(request, session=Inject[Session]):
            log(f"before: {session.number} {session.is_open}")

        @app.on_response
        @inject
        async def after(request, response, session=Inject[Session]):
            log(f"after: {session.number} {session.is_open}")

        @app.get("/")
        async def nothing(request):
            return text("")

        setup(app, container)
        with serving(app) as url:
            httpx.get(url)
            entries = log.until("session closed")
        assert entries[1:] == ["session opened", "before: 1 True", "after: 1 True", "session closed"]

    def test_a_handler_of_errors(self, container, log):
        """It has the session of the request, which then sees the error."""
        app = new_app()

        @app.get("/")
        @inject
        async def fail(request, session=Inject[Session]):
            raise Answered

        @app.exception(Answered)
        @inject
        async def answer(request, error, session=Inject[Session]):
            return text(f"{session.number} {session.is_open}", 409)

        setup(app, container)
        with serving(app) as url:
            assert httpx.get(url).text == "1 True"
            log.until("session rolled back: Answered")

    def test_methods(self, container, log):
        """Those of a view that is a class."""

        class View(HTTPMethodView):
            @inject
            async def get(self, request, session=Inject[Session]):
                return text(str(session.number))

        with serving_one(container, View.as_view()) as url:
            assert httpx.get(url).text == "1"
            assert httpx.head(url).status_code == 405

    def test_an_error_of_a_websocket(self, container, log):
        """Sanic keeps it to itself; the resources see it."""
        from websockets.sync.client import connect

        app = new_app()

        @app.websocket("/")
        @inject
        async def fail(request, socket, session=Inject[Session]):
            await socket.recv()
            return 1 / 0

        setup(app, container)
        with serving(app) as url, connect(url.replace("http", "ws")) as socket_:
            socket_.send("a")
            log.until("session rolled back: ZeroDivisionError")

    def test_an_error_in_mid_stream(self, container, log):
        """The answer has begun; the resources see how it ends."""

        @inject
        async def half(request, session=Inject[Session]):
            response = await request.respond()
            await response.send("half")
            raise Answered

        with serving_one(container, half) as url:
            with contextlib.suppress(httpx.HTTPError):
                httpx.get(url)
            log.until("session rolled back: Answered")

    def test_a_route_that_is_not_there(self, container, log):
        """It opens nothing."""

        @inject
        async def one(request, session=Inject[Session]):
            raise NotFound

        with serving_one(container, one) as url:
            assert httpx.get(f"{url}/other").status_code == 404
            assert "session opened" not in log
            assert httpx.get(url).status_code == 404
            log.until("session rolled back: NotFound")

    def test_a_start_that_fails(self, log):
        """What was opened is closed behind the error."""
        container, app = Container(), new_app()

        class Disk: ...

        async def disk():
            try:
                yield Disk()
            except OSError as error:
                log(f"disk closed: {error}")
                raise

        container.bind(Disk, disk, scope="singleton")

        @app.before_server_start
        async def fail(app):
            raise OSError("no network")

        app.add_route(lambda request: text(""), "/", name="empty")
        setup(app, container)
        with pytest.raises(OSError, match="no network"):
            with serving(app):
                raise AssertionError("it does not start")
        assert list(log) == ["disk closed: no network"]

    def test_listeners(self, container, log):
        """Those of the start and of the stop are served, too."""
        app = new_app()

        @inject
        async def listener(app, database=Inject[Database]):
            log(f"listener: {isinstance(database, Database)}")

        for event in ("before_server_start", "after_server_start", "before_server_stop", "after_server_stop"):
            app.register_listener(listener, event)
        app.add_route(lambda request: text(""), "/", name="empty")
        setup(app, container)
        with serving(app):
            pass
        assert list(log) == ["database opened", *["listener: True"] * 4, "database closed"]

    def test_on_another_server(self, container, log):
        """As an application of ASGI, it is the same."""
        app = new_app()
        routes(app, log)
        setup(app, container)
        with by_uvicorn(app) as url:
            assert httpx.get(f"{url}/value").text == "1 True"
            assert httpx.get(f"{url}/stream").text == "True True True "
            assert httpx.get(f"{url}/answered").status_code == 409
            log.until("session rolled back: Answered")
        assert list(log)[-1] == "database closed"


PROGRAM = PROGRAMS / "sanic_served.py"


def lines_of(log):
    """Return what the program has written, in order, by process."""
    found = {}
    for line in log.read_text().splitlines() if log.exists() else ():
        what, process = line.rsplit(" ", 1)
        found.setdefault(process, []).append(what)
    return found


def until(condition):
    """Wait for what another process does."""
    give_up = time.monotonic() + TIMEOUT_S
    while not condition():
        assert time.monotonic() < give_up
        time.sleep(0.02)


@contextlib.contextmanager
def run_program(*arguments):
    command = [sys.executable, PROGRAM, *map(str, arguments)]
    process = subprocess.Popen(  # a session: what hangs is ended with its workers
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True
    )
    try:
        yield process
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        process.stdout.close()


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return listening.getsockname()[1]


@pytest.mark.slow
@pytest.mark.parametrize("n_workers", [1, 2])
def test_served_by_run(n_workers, tmp_path):
    """Each process opens what lives as long as it does, and closes it when it is told to stop."""
    log, port = tmp_path / "log", free_port()

    def count(what):
        return str(log.exists() and log.read_text()).count(what)

    with run_program(log, port, n_workers) as server:
        until(lambda: count("serving") == n_workers)
        with httpx.Client(transport=httpx.HTTPTransport(retries=10)) as client:  # it may not listen yet
            process = client.get(f"http://127.0.0.1:{port}/").text
        until(lambda: lines_of(log)[process].count("session closed") == 2)
        server.terminate()  # its main process may hang when it hears of that too early
        until(lambda: count("database closed") == n_workers)

    found = lines_of(log)
    assert len(found) == n_workers
    for lines in found.values():
        assert (lines[0], lines[-1]) == ("database opened", "database closed")
    assert found[process].count("session opened") == found[process].count("session closed") == 2
    assert "background" in found[process]
    assert len([process for process, lines in found.items() if len(lines) == 3]) == n_workers - 1


@pytest.mark.slow
@pytest.mark.parametrize("n_workers", [1, 2])
def test_a_program_that_cannot_be_served(n_workers, tmp_path):
    """It ends before any of its processes has opened anything, and says why."""
    log = tmp_path / "log"
    with run_program(log, free_port(), n_workers, "broken") as server:
        shown, _ = server.communicate(timeout=TIMEOUT_S)

    assert server.returncode != 0
    assert "broken() needs wanted: Unbound" in shown
    assert lines_of(log) == {}


@pytest.mark.parametrize(
    "put",
    [
        lambda app, broken: app.add_websocket_route(broken, "/"),
        lambda app, broken: app.register_middleware(broken, "request"),
        lambda app, broken: app.error_handler.add(Answered, broken),
    ],
    ids=["websocket", "middleware", "error handler"],
)
def test_what_stands_around_a_handler(put, container, log):
    """It is looked at as well, before the workers are started."""

    @inject
    async def broken(request, other=None, wanted=Inject[Unbound]): ...

    app = new_app()
    app.add_route(lambda request: text(""), "/other", name="other")
    put(app, broken)
    setup(app, container)
    with pytest.raises(GraphError, match=r"broken.*Unbound"):
        with serving(app):
            raise AssertionError("it does not start")
    assert list(log) == []


def test_a_handler_without_the_decorator(container, log):
    """The start says so."""

    async def forgotten(request, session=Inject[Session]): ...

    with pytest.raises(BindingError, match="put @inject"):
        with serving_one(container, forgotten):
            raise AssertionError("it does not start")
    assert list(log) == []


def test_an_application_twice(container):
    """A scope inside a scope of the same name would be of no use."""
    app = new_app()
    setup(app, container)
    assert type(app).__qualname__ == "Sanic"
    with pytest.raises(BindingError, match="a container already"):
        setup(app, container)


def test_a_container_of_the_other_face():
    """The error says what to do."""
    with pytest.raises(BindingError, match="include"):
        setup(new_app(), containers.DynamicContainer())
