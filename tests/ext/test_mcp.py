"""The MCP SDK's server on a container: by HTTP over the loopback, by pipes to a process, and in memory."""

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
from mcp import Client, MCPError, StdioServerParameters
from mcp.client.stdio import stdio_client
from mcp.server.context import ServerRequestContext
from mcp.server.mcpserver import Context, MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp_types import Completion, PromptReference

import tenure
from tenure import containers
from tenure.errors import BindingError
from tenure.ext.mcp import Inject, inject, setup


class Visitor:
    def __init__(self, context: Context) -> None:
        self.name = context.request_context.params["arguments"]["text"]


def server_of(log, **options):
    server = MCPServer("tests", log_level="CRITICAL", **options)

    @server.tool()
    @inject
    async def value(text: str, number: int = 0, session=Inject[Session], repository=Inject[Repository]) -> str:
        assert repository.session is session
        return f"{session.number} {session.is_open}"

    @server.tool()
    @inject
    def sync(text: str, database=Inject[Database]) -> str:
        return str(isinstance(database, Database))

    @server.tool()
    @inject
    async def message(text: str, visitor=Inject[Visitor], there=Inject[ServerRequestContext]) -> str:
        assert there.method == "tools/call"
        return visitor.name

    @server.tool()
    @inject
    async def stream(text: str, context: Context, session=Inject[Session]) -> str:
        for _ in range(3):
            await context.report_progress(1, message=f"{session.is_open} ")
        return ""

    @server.tool()
    @inject
    async def answered(text: str, session=Inject[Session]) -> str:
        raise ToolError("answered")

    @server.tool()
    @inject
    async def error(text: str, session=Inject[Session]) -> str:
        return str(1 / 0)

    @server.tool()
    @inject
    async def waits(text: str, session=Inject[Session]) -> str:
        log("waiting")
        await anyio.sleep_forever()

    return server


async def called(client, name, text=""):
    progress = []

    async def told(amount, total, message):
        progress.append(message)

    answer = await client.call_tool(name, {"text": text}, progress_callback=told)
    return "".join(progress) + answer.content[0].text


@asynccontextmanager
async def serving(app):
    """Have *app* run on a server of its own thread, and give its address."""
    server = Server(app)
    await anyio.to_thread.run_sync(server.__enter__)
    try:
        yield server.url
    finally:
        await anyio.to_thread.run_sync(server.__exit__, None, None, None)


class TestMCP(CallsConformance):
    framework = "mcp"
    packages = ("mcp", "uvicorn")
    answered_as = "session rolled back: ToolError"

    @asynccontextmanager
    async def running(self, container, log):
        server = server_of(log)
        setup(server, container)
        async with serving(server.streamable_http_app()) as url, Client(f"{url}/mcp") as client:
            yield lambda name, text: called(client, name, text)

    @asynccontextmanager
    async def stopped_early(self, container, log):
        try:
            async with self.running(container, log) as call:
                yield call
        except* (anyio.BrokenResourceError, anyio.ClosedResourceError):
            pass  # of the client, which has calls under way when it ends

    async def broken(self, container):
        server = MCPServer("tests")

        @server.tool()
        @inject
        async def broken(text: str, wanted=Inject[Unbound]) -> str: ...

        setup(server, container)
        app = server.streamable_http_app()
        async with app.router.lifespan_context(app):
            pass

    async def schema(self, container, log):
        return json.dumps([each.input_schema for each in await server_of(log).list_tools()])


@pytest.fixture(params=["asyncio", "trio"])
def anyio_backend(request):
    return request.param


@pytest.fixture
def log():
    return Log()


@pytest.fixture
def container(log):
    return container_of(log, is_async=True)


def server_on(container, *decorated, **options):
    """Return a server with functions, each with what decorates it."""
    server = MCPServer("tests", log_level="CRITICAL", **options)
    for decorate, function in decorated:
        decorate(server)(function)
    setup(server, container)
    return server


def tool(server):
    return server.tool()


def completion(server):
    return server.completion()


def resource(uri):
    return lambda server: server.resource(uri)


def prompt(server):
    return server.prompt()


@pytest.mark.anyio
async def test_everything_that_is_served(container, log):
    """Resources, templates, prompts and completions have a scope as tools have."""

    @inject
    async def number(session=Inject[Session]) -> str:
        return str(session.number)

    @inject
    def greeting(name: str, context=Inject[Context]) -> str:
        return f"{name} {context.request_context.method}"

    @inject
    async def complete(ref, argument, context, session=Inject[Session]):
        return Completion(values=[f"{argument.value}{session.number}"])

    templates = resource("greeting://{name}")
    decorated = [(resource("number://now"), number), (templates, greeting), (prompt, greeting), (completion, complete)]
    server = server_on(container, *decorated)
    async with Client(server) as client:
        assert (await client.read_resource("number://now")).contents[0].text == "1"
        assert (await client.read_resource("greeting://Ann")).contents[0].text == "Ann resources/read"
        assert (await client.get_prompt("greeting", {"name": "Ann"})).messages[0].content.text == "Ann prompts/get"
        completed = await client.complete(PromptReference(name="greeting"), {"name": "name", "value": "A"})
        assert completed.completion.values == ["A2"]
        shown = str([each.arguments for each in (await client.list_prompts()).prompts])
        assert "name" in shown
        assert "context" not in shown

    assert list(log)[-1] == "database closed"
    assert list(log).count("session closed") == 2


@pytest.mark.anyio
@pytest.mark.parametrize("kind", ["prompt", "resource", "template", "tool"])
async def test_what_raises(container, log, kind):
    """The resources see what the function raised, not what the SDK makes of it for the client."""

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
    async with Client(server_on(container, decorated[kind])) as client:
        if kind == "tool":
            assert (await client.call_tool("fails", {})).is_error
        else:
            with pytest.raises(MCPError):
                await (client.get_prompt("fails") if kind == "prompt" else client.read_resource("fails://now"))

    assert [each for each in log if each.startswith("session")] == ["session opened", "session rolled back: Answered"]


@pytest.mark.anyio
async def test_a_call_within_a_call(container, log):
    """A resource that a tool reads belongs to its scope."""

    @inject
    async def number(session=Inject[Session]) -> str:
        return str(session.number)

    @inject
    async def twice(context: Context, session=Inject[Session]) -> str:
        [found] = await context.read_resource("number://now")
        return f"{session.number} {found.content}"

    server = server_on(container, (resource("number://now"), number), (tool, twice))
    async with Client(server) as client:
        assert (await client.call_tool("twice", {})).content[0].text == "1 1"


@pytest.mark.anyio
async def test_middleware(container, log):
    """The application's own stands inside."""

    @inject
    async def around(message, call_next, session=Inject[Session]):
        log(f"{message.method} {session.is_open}")
        return await call_next(message)

    server = server_on(container, middleware=[around])
    async with Client(server) as client:
        await client.list_tools()

    assert "tools/list True" in log


@pytest.mark.anyio
async def test_around_its_own_start_and_stop(container, log):
    """What the server does when it starts and stops happens between."""

    @asynccontextmanager
    async def lifespan(server):
        log("app started")
        yield {"answer": 42}
        log("app stopped")

    def answer(context: Context) -> int:
        return context.request_context.lifespan_context["answer"]

    server = server_on(container, (tool, answer), lifespan=lifespan)
    async with Client(server) as client:
        assert (await client.call_tool("answer", {})).content[0].text == "42"

    assert list(log) == ["database opened", "app started", "app stopped", "database closed"]


PROGRAM = """
import sys
from mcp.server.mcpserver import MCPServer
from tenure import Container
from tenure.ext.mcp import Inject, inject, setup

class Database: ...

async def database():
    print("opened", file=sys.stderr, flush=True)
    yield Database()
    print("closed", file=sys.stderr, flush=True)

server = MCPServer("tests", log_level="CRITICAL")

@server.tool()
@inject
async def kind(database=Inject[Database]) -> str:
    return type(database).__name__

container = Container()
container.bind(Database, database, scope="singleton")
setup(server, container)
server.run("stdio")
"""


@pytest.mark.slow
@pytest.mark.anyio
async def test_by_pipes(tmp_path):
    """A server that a client starts as a process opens for it, and closes when the client goes."""
    (tmp_path / "program.py").write_text(PROGRAM)
    with (tmp_path / "errors").open("w") as errors:
        path = {"PYTHONPATH": str(Path(tenure.__file__).parents[1])}
        parameters = StdioServerParameters(command=sys.executable, args=[str(tmp_path / "program.py")], env=path)
        async with Client(stdio_client(parameters, errlog=errors)) as client:
            assert (await client.call_tool("kind", {})).content[0].text == "Database"

    assert (tmp_path / "errors").read_text() == "opened\nclosed\n"


@pytest.mark.anyio
@pytest.mark.parametrize("decorate", [tool, prompt, resource("forgotten://now")])
async def test_a_function_without_the_decorator(container, log, decorate):
    """The start says so, where the SDK does not do so before."""

    async def forgotten(session=Inject[Session]) -> str: ...

    server = MCPServer("tests", log_level="CRITICAL")
    try:
        decorate(server)(forgotten)
    except Exception:
        return  # no type of its own that the SDK could show
    setup(server, container)
    with pytest.raises(BindingError, match=r"'session' of .*forgotten is Inject\[Session\].*put @inject"):
        async with server._lowlevel_server.lifespan(server._lowlevel_server):
            pass
    assert list(log) == []


def test_a_server_twice(container):
    """A scope inside a scope of the same name would be of no use."""
    server = server_on(container)
    with pytest.raises(BindingError, match="a container already"):
        setup(server, container)


def test_a_container_of_the_other_face():
    """The error says what to do."""
    with pytest.raises(BindingError, match="include"):
        setup(MCPServer("tests"), containers.DynamicContainer())
