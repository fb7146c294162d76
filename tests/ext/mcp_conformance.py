"""
What the two servers of the Model Context Protocol have to do: the SDK's, and FastMCP.

A test module derives a *face* from `mcp_face.Face`, which says how the framework is spoken to, and from that and from
`McpCalls` and `McpInMemory` the tests: the first by HTTP over the loopback, with columns of
docs/integrations/table.md, the second in memory and by pipes.
"""

import json
from contextlib import asynccontextmanager
from pathlib import Path

import anyio
import anyio.to_thread
import pytest
from calls_conformance import CallsConformance
from conformance import Answered, Database, Log, Session, Unbound, container_of
from ext_support import Server

import tenure
from tenure import Inject, containers, inject
from tenure.errors import BindingError


@asynccontextmanager
async def serving(app):
    """Have *app* run on a server of its own thread, and give its address."""
    server = Server(app)
    await anyio.to_thread.run_sync(server.__enter__)
    try:
        yield server.url
    finally:
        await anyio.to_thread.run_sync(server.__exit__, None, None, None)


class McpCalls(CallsConformance):
    """Tools, by HTTP; derived classes are a `Face` as well."""

    answered_as = "session rolled back: ToolError"

    @asynccontextmanager
    async def running(self, container, log):
        server = self.server_of(log)
        self.setup(server, container)
        async with serving(self.app(server)) as url, self.client(f"{url}/mcp") as client:
            yield lambda name, text: self.called(client, name, text)

    async def called(self, client, name, text):
        progress = []

        async def told(amount, total, message):
            progress.append(message)

        answer = await self.call(client, name, text, told)
        return "".join(progress) + answer

    @asynccontextmanager
    async def stopped_early(self, container, log):
        try:
            async with self.running(container, log) as call:
                yield call
        except* (anyio.BrokenResourceError, anyio.ClosedResourceError):
            pass  # of the client, which has calls under way when it ends

    async def broken(self, container):
        @inject
        async def broken(text: str, wanted=Inject[Unbound]) -> str: ...

        app = self.app(self.server_on(container, (self.tool, broken)))
        async with app.router.lifespan_context(app):
            pass

    async def schema(self, container, log):
        return json.dumps([self.parameters(each) for each in await self.server_of(log).list_tools()])


PROGRAM = """
import sys
from tenure import Container
{imports}

class Database: ...

async def database():
    print("opened", file=sys.stderr, flush=True)
    yield Database()
    print("closed", file=sys.stderr, flush=True)

server = {server}

@{tool}
@inject
async def kind(database=Inject[Database]) -> str:
    return type(database).__name__

container = Container()
container.bind(Database, database, scope="singleton")
setup(server, container)
{run}
"""


@inject
async def number(session=Inject[Session]) -> str:
    return str(session.number)


class McpInMemory:
    """
    All that is served, without a network; derived classes are a `Face` as well.

    They say what fills in `PROGRAM`, what `shown_of` a context, for a resource and for a prompt, and have
    `refuses(client, kind, options)`, which asks for the resource, template, prompt or tool `fails` and asserts that the
    client is told, and `by_pipes(program, environ, errors)`, a client of a process.
    """

    program: dict[str, str]
    context_says: tuple[str, str]

    @pytest.fixture
    def log(self):
        return Log()

    @pytest.fixture
    def container(self, log):
        return container_of(log, is_async=True)

    @pytest.fixture
    def options(self):
        """Of the server whose functions raise."""
        return {}

    @pytest.mark.anyio
    async def test_everything_that_is_served(self, container, log):
        """Resources, templates and prompts have a scope as tools have."""
        Context = self.Context

        @inject
        def greeting(name: str, context=Inject[Context], database=Inject[Database]) -> str:
            return f"{name} {self.shown_of(context)}"

        templates = self.resource("greeting://{name}")
        decorated = [(self.resource("number://now"), number), (templates, greeting), (self.prompt, greeting)]
        by_resource, by_prompt = self.context_says
        async with self.client(self.server_on(container, *decorated)) as client:
            assert await self.read(client, "number://now") == "1"
            assert await self.read(client, "greeting://Ann") == f"Ann {by_resource}"
            prompted = await client.get_prompt("greeting", {"name": "Ann"})
            assert prompted.messages[0].content.text == f"Ann {by_prompt}"
            shown = str([each.arguments for each in await self.prompts(client)])
            assert "name" in shown
            assert "context" not in shown
            assert "database" not in shown

        assert list(log)[-1] == "database closed"
        assert list(log).count("session closed") == 1

    @pytest.mark.anyio
    @pytest.mark.parametrize("kind", ["prompt", "resource", "template", "tool"])
    async def test_what_raises(self, container, log, kind, options):
        """The resources see what the function raised, not what the framework makes of it for the client."""

        @inject
        async def fails(name: str = "", session=Inject[Session]) -> str:
            raise Answered("secret")

        @inject
        async def fails_at_once(session=Inject[Session]) -> str:
            raise Answered("secret")

        decorated = {
            "prompt": (self.prompt, fails),
            "resource": (self.resource("fails://now"), fails_at_once),
            "template": (self.resource("fails://{name}"), fails),
            "tool": (self.tool, fails),
        }
        async with self.client(self.server_on(container, decorated[kind], **options)) as client:
            await self.refuses(client, kind, options)

        sessions = [each for each in log if each.startswith("session")]
        assert sessions == ["session opened", "session rolled back: Answered"]

    @pytest.mark.anyio
    async def test_a_call_within_a_call(self, container, log):
        """A resource that a tool reads belongs to its scope."""
        Context = self.Context

        @inject
        async def twice(context: Context, session=Inject[Session]) -> str:
            return f"{session.number} {await self.read_within(context, 'number://now')}"

        decorated = [(self.resource("number://now"), number), (self.tool, twice)]
        async with self.client(self.server_on(container, *decorated)) as client:
            assert await self.answer(client, "twice") == "1 1"

    @pytest.mark.anyio
    async def test_around_its_own_start_and_stop(self, container, log):
        """What the server does when it starts and stops happens between; what it gives is given."""
        Context = self.Context

        @asynccontextmanager
        async def lifespan(server):
            log("app started")
            yield {"answer": 42}
            log("app stopped")

        def answer(context: Context) -> int:
            return context.request_context.lifespan_context["answer"]

        async with self.client(self.server_on(container, (self.tool, answer), lifespan=lifespan)) as client:
            assert await self.answer(client, "answer") == "42"

        assert list(log) == ["database opened", "app started", "app stopped", "database closed"]

    @pytest.mark.slow
    @pytest.mark.anyio
    async def test_by_pipes(self, tmp_path):
        """A server that a client starts as a process opens for it, and closes when the client goes."""
        program, errors = tmp_path / "program.py", tmp_path / "errors"
        program.write_text(PROGRAM.format(**self.program))
        path = {"PYTHONPATH": str(Path(tenure.__file__).parents[1])}
        async with self.by_pipes(program, path, errors) as client:
            assert await self.answer(client, "kind") == "Database"

        assert errors.read_text() == "opened\nclosed\n"

    def test_a_server_twice(self, container):
        """A scope inside a scope of the same name would be of no use."""
        server = self.server_on(container)
        with pytest.raises(BindingError, match="a container already"):
            self.setup(server, container)

    def test_a_container_of_the_other_face(self):
        """The error says what to do."""
        with pytest.raises(BindingError, match="include"):
            self.setup(self.server(), containers.DynamicContainer())
