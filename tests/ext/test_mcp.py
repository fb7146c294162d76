"""The MCP SDK's server on a container: by HTTP over the loopback, by pipes to a process, and in memory."""

import sys
from contextlib import asynccontextmanager

import pytest
from conformance import Session
from mcp import Client, MCPError, StdioServerParameters
from mcp.client.stdio import stdio_client
from mcp.server.context import ServerRequestContext
from mcp.server.mcpserver import Context, MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp_conformance import McpCalls, McpInMemory
from mcp_face import Face
from mcp_types import Completion, PromptReference

from tenure.errors import BindingError
from tenure.ext.mcp import Inject, inject, setup


class Visitor:
    def __init__(self, context: Context) -> None:
        self.name = context.request_context.params["arguments"]["text"]


class Sdk(Face):
    """The SDK."""

    Context = Context
    ToolError = ToolError
    setup = staticmethod(setup)
    client = staticmethod(Client)

    def server(self, **options):
        return MCPServer("tests", log_level="CRITICAL", **options)

    def app(self, server):
        return server.streamable_http_app()

    def tool(self, server):
        return server.tool()

    def prompt(self, server):
        return server.prompt()

    def resource(self, uri):
        return lambda server: server.resource(uri)

    async def call(self, client, name, text, told):
        return (await client.call_tool(name, {"text": text}, progress_callback=told)).content[0].text

    async def answer(self, client, name):
        return (await client.call_tool(name, {})).content[0].text

    async def read(self, client, uri):
        return (await client.read_resource(uri)).contents[0].text

    async def prompts(self, client):
        return (await client.list_prompts()).prompts

    async def read_within(self, context, uri):
        [found] = await context.read_resource(uri)
        return found.content

    def add_message(self, server):
        @server.tool()
        @inject
        async def message(text: str, visitor=Inject[Visitor], there=Inject[ServerRequestContext]) -> str:
            assert there.method == "tools/call"
            return visitor.name

    def parameters(self, tool):
        return tool.input_schema


class TestMCP(Sdk, McpCalls):
    framework = "mcp"
    packages = ("mcp", "uvicorn")


@pytest.fixture(params=["asyncio", "trio"])
def anyio_backend(request):
    return request.param


class TestInMemory(Sdk, McpInMemory):
    """What else it serves."""

    context_says = "resources/read", "prompts/get"
    program = {
        "imports": "from mcp.server.mcpserver import MCPServer\nfrom tenure.ext.mcp import Inject, inject, setup",
        "server": 'MCPServer("tests", log_level="CRITICAL")',
        "tool": "server.tool()",
        "run": 'server.run("stdio")',
    }

    def shown_of(self, context):
        return context.request_context.method

    async def refuses(self, client, kind, options):
        if kind == "tool":
            assert (await client.call_tool("fails", {})).is_error
        else:
            with pytest.raises(MCPError):
                await (client.get_prompt("fails") if kind == "prompt" else client.read_resource("fails://now"))

    @asynccontextmanager
    async def by_pipes(self, program, environ, errors):
        parameters = StdioServerParameters(command=sys.executable, args=[str(program)], env=environ)
        with errors.open("w") as told:
            async with Client(stdio_client(parameters, errlog=told)) as client:
                yield client

    @pytest.mark.anyio
    async def test_completions(self, container, log):
        """They have a scope as well."""

        def greeting(name: str) -> str:
            return name

        @inject
        async def complete(ref, argument, context, session=Inject[Session]):
            return Completion(values=[f"{argument.value}{session.number}"])

        server = self.server_on(container, (self.prompt, greeting), (lambda server: server.completion(), complete))
        async with self.client(server) as client:
            for number in (1, 2):
                completed = await client.complete(PromptReference(name="greeting"), {"name": "name", "value": "A"})
                assert completed.completion.values == [f"A{number}"]

        assert list(log).count("session closed") == 2

    @pytest.mark.anyio
    async def test_middleware(self, container, log):
        """The application's own stands inside."""

        @inject
        async def around(message, call_next, session=Inject[Session]):
            log(f"{message.method} {session.is_open}")
            return await call_next(message)

        server = self.server_on(container, middleware=[around])
        async with self.client(server) as client:
            await client.list_tools()

        assert "tools/list True" in log

    @pytest.mark.anyio
    @pytest.mark.parametrize("decorate", ["tool", "prompt", "resource"])
    async def test_a_function_without_the_decorator(self, container, log, decorate):
        """The start says so, where the SDK does not do so before."""

        async def forgotten(session=Inject[Session]) -> str: ...

        decorations = {"tool": self.tool, "prompt": self.prompt, "resource": self.resource("forgotten://now")}
        server = self.server()
        try:
            decorations[decorate](server)(forgotten)
        except Exception:
            return  # no type of its own that the SDK could show
        self.setup(server, container)
        with pytest.raises(BindingError, match=r"'session' of .*forgotten is Inject\[Session\].*put @inject"):
            async with server._lowlevel_server.lifespan(server._lowlevel_server):
                pass
        assert list(log) == []
