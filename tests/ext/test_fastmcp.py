"""FastMCP on a container: by HTTP over the loopback, by pipes to a process, and in memory."""

import json
import sys
from contextlib import asynccontextmanager
from pathlib import Path

import anyio
import anyio.to_thread
import pytest
from calls_conformance import CallsConformance
from conformance import Answered, Database, Log, Repository, Session, Unbound, container_of
from ext_support import Server
from fastmcp import Client, Context, FastMCP
from fastmcp.client.transports import StdioTransport
from fastmcp.exceptions import ToolError
from fastmcp.server.middleware import Middleware

import tenure
from tenure import containers
from tenure.errors import BindingError
from tenure.ext.fastmcp import Inject, inject, setup


class Visitor:
    def __init__(self, context: Context) -> None:
        self.name = context.request_context.meta["name"]


def server_of(log, **options):
    server = FastMCP("tests", **options)

    @server.tool
    @inject
    async def value(text: str, number: int = 0, session=Inject[Session], repository=Inject[Repository]) -> str:
        assert repository.session is session
        return f"{session.number} {session.is_open}"

    @server.tool
    @inject
    def sync(text: str, database=Inject[Database]) -> str:
        return str(isinstance(database, Database))

    @server.tool
    @inject
    async def message(text: str, visitor=Inject[Visitor]) -> str:
        return visitor.name

    @server.tool
    @inject
    async def stream(text: str, context: Context, session=Inject[Session]) -> str:
        for _ in range(3):
            await context.report_progress(1, message=f"{session.is_open} ")
        return ""

    @server.tool
    @inject
    async def answered(text: str, session=Inject[Session]) -> str:
        raise ToolError("answered")

    @server.tool
    @inject
    async def error(text: str, session=Inject[Session]) -> str:
        return str(1 / 0)

    @server.tool
    @inject
    async def waits(text: str, session=Inject[Session]) -> str:
        log("waiting")
        await anyio.sleep_forever()

    return server


async def called(client, name, text=""):
    progress = []

    async def told(amount, total, message):
        progress.append(message)

    answer = await client.call_tool(name, {"text": text}, progress_handler=told, meta={"name": text})
    return "".join(progress) + answer.data


@asynccontextmanager
async def serving(app):
    """Have *app* run on a server of its own thread, and give its address."""
    server = Server(app)
    await anyio.to_thread.run_sync(server.__enter__)
    try:
        yield server.url
    finally:
        await anyio.to_thread.run_sync(server.__exit__, None, None, None)


class TestFastMCP(CallsConformance):
    framework = "FastMCP"
    packages = ("fastmcp", "mcp", "uvicorn")
    answered_as = "session rolled back: ToolError"

    @asynccontextmanager
    async def running(self, container, log):
        server = server_of(log)
        setup(server, container)
        async with serving(server.http_app()) as url, Client(f"{url}/mcp") as client:
            yield lambda name, text: called(client, name, text)

    @asynccontextmanager
    async def stopped_early(self, container, log):
        try:
            async with self.running(container, log) as call:
                yield call
        except* (anyio.BrokenResourceError, anyio.ClosedResourceError):
            pass  # of the client, which has calls under way when it ends

    async def broken(self, container):
        server = FastMCP("tests")

        @server.tool
        @inject
        async def broken(text: str, wanted=Inject[Unbound]) -> str: ...

        setup(server, container)
        app = server.http_app()
        async with app.router.lifespan_context(app):
            pass

    async def schema(self, container, log):
        return json.dumps([each.parameters for each in await server_of(log).list_tools()])


@pytest.fixture
def anyio_backend():
    return "asyncio"  # the only one that FastMCP runs on


@pytest.fixture
def log():
    return Log()


@pytest.fixture
def container(log):
    return container_of(log, is_async=True)


def resource(uri):
    return lambda server: server.resource(uri)


def tool(server):
    return server.tool


def prompt(server):
    return server.prompt


def server_on(container, *decorated, **options):
    """Return a server with functions, each with what decorates it."""
    server = FastMCP("tests", **options)
    for decorate, function in decorated:
        decorate(server)(function)
    setup(server, container)
    return server


@inject
async def number(session=Inject[Session]) -> str:
    return str(session.number)


@pytest.mark.anyio
async def test_everything_that_is_served(container, log):
    """Resources, templates and prompts have a scope as tools have."""

    @inject
    def greeting(name: str, context=Inject[Context], database=Inject[Database]) -> str:
        return f"{name} {isinstance(context, Context)}"

    decorated = [(resource("number://now"), number), (resource("greeting://{name}"), greeting), (prompt, greeting)]
    async with Client(server_on(container, *decorated)) as client:
        assert (await client.read_resource("number://now"))[0].text == "1"
        assert (await client.read_resource("greeting://Ann"))[0].text == "Ann True"
        assert (await client.get_prompt("greeting", {"name": "Ann"})).messages[0].content.text == "Ann True"
        shown = str([each.arguments for each in await client.list_prompts()])
        assert "name" in shown
        assert "database" not in shown

    assert list(log)[-1] == "database closed"
    assert list(log).count("session closed") == 1


@pytest.mark.anyio
@pytest.mark.parametrize("is_masked", [False, True])
@pytest.mark.parametrize("kind", ["prompt", "resource", "template", "tool"])
async def test_what_raises(container, log, kind, is_masked):
    """The resources see what the function raised, not what FastMCP makes of it for the client."""

    @inject
    async def fails(name: str = "", session=Inject[Session]) -> str:
        raise Answered("secret")

    @inject
    async def fails_at_once(session=Inject[Session]) -> str:
        raise Answered("secret")

    decorated = {
        "prompt": (prompt, fails),
        "resource": (resource("fails://now"), fails_at_once),
        "template": (resource("fails://{name}"), fails),
        "tool": (tool, fails),
    }
    server = server_on(container, decorated[kind], mask_error_details=is_masked)
    async with Client(server) as client:
        calls = {"tool": lambda: client.call_tool("fails", {}), "prompt": lambda: client.get_prompt("fails")}
        with pytest.raises(Exception, match=None if is_masked else "secret"):
            await calls.get(kind, lambda: client.read_resource("fails://now"))()

    assert [each for each in log if each.startswith("session")] == ["session opened", "session rolled back: Answered"]


@pytest.mark.anyio
async def test_a_call_within_a_call(container, log):
    """A resource that a tool reads belongs to its scope."""

    @inject
    async def twice(context: Context, session=Inject[Session]) -> str:
        found = await context.read_resource("number://now")
        return f"{session.number} {found.contents[0].content}"

    async with Client(server_on(container, (resource("number://now"), number), (tool, twice))) as client:
        assert (await client.call_tool("twice", {})).data == "1 1"


@pytest.mark.anyio
async def test_mounted_servers(container, log):
    """They belong to the request, and are looked at before the start."""
    mounted, outer = FastMCP("mounted"), FastMCP("outer")
    mounted.tool(number)
    outer.mount(mounted, namespace="inner")
    setup(outer, container)
    async with Client(outer) as client:
        assert (await client.call_tool("inner_number", {})).data == "1"

    @inject
    async def broken(wanted=Inject[Unbound]) -> str: ...

    mounted.tool(broken)
    with pytest.raises(Exception, match=r"broken.*Unbound"):
        async with Client(outer):
            pass
    assert list(log).count("database opened") == 1


@pytest.mark.anyio
async def test_middleware(container, log):
    """The application's own stands inside; an error that it answers for is seen all the same."""

    class Answering(Middleware):
        async def on_call_tool(self, context, call_next):
            try:
                return await call_next(context)
            except ToolError:
                return await within(context)

    @inject
    async def within(context, session=Inject[Session]):
        log(f"answered {session.is_open}")
        raise ToolError("answered")

    @inject
    async def fails(session=Inject[Session]) -> str:
        raise Answered

    async with Client(server_on(container, (tool, fails), middleware=[Answering()])) as client:
        with pytest.raises(ToolError, match="answered"):
            await client.call_tool("fails", {})

    assert list(log)[2:4] == ["answered True", "session rolled back: Answered"]


@pytest.mark.anyio
async def test_around_its_own_start_and_stop(container, log):
    """What the server does when it starts and stops happens between."""

    @asynccontextmanager
    async def lifespan(server):
        log("app started")
        yield {}
        log("app stopped")

    async with Client(server_on(container, lifespan=lifespan)):
        pass

    assert list(log) == ["database opened", "app started", "app stopped", "database closed"]


PROGRAM = """
import sys
from fastmcp import FastMCP
from tenure import Container
from tenure.ext.fastmcp import Inject, inject, setup

class Database: ...

async def database():
    print("opened", file=sys.stderr, flush=True)
    yield Database()
    print("closed", file=sys.stderr, flush=True)

server = FastMCP("tests")

@server.tool
@inject
async def kind(database=Inject[Database]) -> str:
    return type(database).__name__

container = Container()
container.bind(Database, database, scope="singleton")
setup(server, container)
server.run("stdio", show_banner=False, log_level="CRITICAL")
"""


@pytest.mark.slow
@pytest.mark.anyio
async def test_by_pipes(tmp_path):
    """A server that a client starts as a process opens for it, and closes when the client goes."""
    (tmp_path / "program.py").write_text(PROGRAM)
    path = {"PYTHONPATH": str(Path(tenure.__file__).parents[1])}
    transport = StdioTransport(
        sys.executable, [str(tmp_path / "program.py")], env=path, keep_alive=False, log_file=tmp_path / "errors"
    )
    async with Client(transport) as client:
        assert (await client.call_tool("kind", {})).data == "Database"

    assert (tmp_path / "errors").read_text() == "opened\nclosed\n"


def test_a_server_twice(container):
    """A scope inside a scope of the same name would be of no use."""
    server = server_on(container)
    with pytest.raises(BindingError, match="a container already"):
        setup(server, container)


def test_a_container_of_the_other_face():
    """The error says what to do."""
    with pytest.raises(BindingError, match="include"):
        setup(FastMCP("tests"), containers.DynamicContainer())
