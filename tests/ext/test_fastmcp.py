"""FastMCP on a container: by HTTP over the loopback, by pipes to a process, and in memory."""

import sys

import pytest
from conformance import Answered, Session, Unbound
from fastmcp import Client, Context, FastMCP
from fastmcp.client.transports import StdioTransport
from fastmcp.exceptions import ToolError
from fastmcp.server.middleware import Middleware
from mcp_conformance import McpCalls, McpInMemory, number
from mcp_face import Face

from tenure.ext.fastmcp import Inject, inject, setup


class Visitor:
    def __init__(self, context: Context) -> None:
        self.name = context.request_context.meta["name"]


class Fast(Face):
    """FastMCP."""

    Context = Context
    ToolError = ToolError
    setup = staticmethod(setup)
    client = staticmethod(Client)

    def server(self, **options):
        return FastMCP("tests", **options)

    def app(self, server):
        return server.http_app()

    def tool(self, server):
        return server.tool

    def prompt(self, server):
        return server.prompt

    def resource(self, uri):
        return lambda server: server.resource(uri)

    async def call(self, client, name, text, told):
        return (await client.call_tool(name, {"text": text}, progress_handler=told, meta={"name": text})).data

    async def answer(self, client, name):
        return (await client.call_tool(name, {})).content[0].text

    async def read(self, client, uri):
        return (await client.read_resource(uri))[0].text

    async def prompts(self, client):
        return await client.list_prompts()

    async def read_within(self, context, uri):
        return (await context.read_resource(uri)).contents[0].content

    def add_message(self, server):
        @server.tool
        @inject
        async def message(text: str, visitor=Inject[Visitor]) -> str:
            return visitor.name

    def parameters(self, tool):
        return tool.parameters


class TestFastMCP(Fast, McpCalls):
    framework = "FastMCP"
    packages = ("fastmcp", "mcp", "uvicorn")


@pytest.fixture
def anyio_backend():
    return "asyncio"  # the only one that FastMCP runs on


class TestInMemory(Fast, McpInMemory):
    """What else it serves."""

    context_says = "True", "True"
    program = {
        "imports": "from fastmcp import FastMCP\nfrom tenure.ext.fastmcp import Inject, inject, setup",
        "server": 'FastMCP("tests")',
        "tool": "server.tool",
        "run": 'server.run("stdio", show_banner=False, log_level="CRITICAL")',
    }

    @pytest.fixture(params=[False, True], ids=["plain", "masked"])
    def options(self, request):
        return {"mask_error_details": request.param}

    def shown_of(self, context):
        return isinstance(context, Context)

    async def refuses(self, client, kind, options):
        calls = {"tool": lambda: client.call_tool("fails", {}), "prompt": lambda: client.get_prompt("fails")}
        with pytest.raises(Exception, match=None if options["mask_error_details"] else "secret"):
            await calls.get(kind, lambda: client.read_resource("fails://now"))()

    def by_pipes(self, program, environ, errors):
        return Client(StdioTransport(sys.executable, [str(program)], env=environ, keep_alive=False, log_file=errors))

    @pytest.mark.anyio
    async def test_mounted_servers(self, container, log):
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
    async def test_middleware(self, container, log):
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

        async with Client(self.server_on(container, (self.tool, fails), middleware=[Answering()])) as client:
            with pytest.raises(ToolError, match="answered"):
                await client.call_tool("fails", {})

        assert list(log)[2:4] == ["answered True", "session rolled back: Answered"]
