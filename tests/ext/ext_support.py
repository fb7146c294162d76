"""What the tests of integrations share: programs to load, servers on free ports, the lifespan protocol."""

import contextlib
import socket
import sys
import threading
import types
from pathlib import Path

import anyio
import httpx
import uvicorn

PROGRAMS = Path(__file__).parent / "programs"


@contextlib.contextmanager
def loaded(name, run_as=None):
    """Run the program *name* as a module of its own, called *run_as* if given, and give the module."""
    path = PROGRAMS / f"{name}.py"
    module = types.ModuleType(run_as or f"loaded_{name}")
    module.__file__ = str(path)
    before = sys.modules.get(module.__name__)
    sys.modules[module.__name__] = module
    try:
        exec(compile(path.read_text(), path, "exec"), vars(module))
        yield module
    finally:
        del sys.modules[module.__name__]
        if before is not None:
            sys.modules[module.__name__] = before


class LifespanError(Exception):
    """What an application answers when its start or its stop fails."""


@contextlib.asynccontextmanager
async def running(app):
    """Have *app* run as a server does: by the lifespan protocol."""
    to_app, from_server = anyio.create_memory_object_stream(2)
    to_server, from_app = anyio.create_memory_object_stream(2)

    async def run():
        with contextlib.suppress(Exception):  # it was told by a message
            await app(
                {"type": "lifespan", "asgi": {"version": "3.0"}, "state": {}}, from_server.receive, to_server.send
            )

    async def step(name):
        await to_app.send({"type": f"lifespan.{name}"})
        answer = await from_app.receive()
        if answer["type"] != f"lifespan.{name}.complete":
            raise LifespanError(answer["message"])

    with to_app, from_server, to_server, from_app:
        failure = None
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(run)
            try:
                await step("startup")
                yield
                await step("shutdown")
            except Exception as error:
                failure = error
        if failure is not None:
            raise failure


def client(app):
    """Return a client that calls *app* without a network."""
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://app")


class Server(uvicorn.Server):
    """A server on a free port of the loopback, in a thread."""

    def __init__(self, app):
        super().__init__(uvicorn.Config(app, lifespan="on", log_config=None, timeout_graceful_shutdown=5))
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.address = self.socket.getsockname()
        self.url = "http://{}:{}".format(*self.address)
        self.decided = threading.Event()
        self.thread = threading.Thread(target=self._run, name="uvicorn")

    def _run(self):
        try:
            with contextlib.suppress(SystemExit):  # a start that failed
                self.run(sockets=[self.socket])
        finally:
            self.decided.set()

    async def startup(self, sockets=None):
        await super().startup(sockets)
        self.decided.set()

    def connect(self):
        """Return a connection to it."""
        return socket.create_connection(self.address, timeout=20)

    def __enter__(self):
        self.thread.start()
        assert self.decided.wait(20)
        return self

    def __exit__(self, *_):
        self.should_exit = True
        self.thread.join(20)
        self.socket.close()
        assert not self.thread.is_alive()


@contextlib.contextmanager
def serving(app):
    """Have *app* run on a server, and give its address."""
    with Server(app) as server:
        yield server.url


def start(app):
    """Start *app*, and stop it at once; raise what its lifespan raises."""

    async def run():
        async with app.router.lifespan_context(app):
            pass

    anyio.run(run)
