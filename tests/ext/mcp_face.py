"""How a server of the Model Context Protocol is spoken to, whichever framework it is of."""

import anyio
from conformance import Database, Repository, Session

from tenure import Inject, inject


class Face:
    """
    How a framework is spoken to.

    A derived class has the framework's `Context` and `ToolError`, and `setup`, `server(**options)` and `app(server)` of
    it; `tool(server)`, `prompt(server)` and `resource(uri)(server)`, which give a decorator; and what is asked by a
    client or a context: see below.
    """

    Context: type
    ToolError: type[Exception]

    def client(self, at):
        """Return a client of a server, or of an address."""
        raise NotImplementedError

    async def call(self, client, name, text, told):
        """Call the tool *name* with *text*, with *told* hearing of the progress; return its text."""
        raise NotImplementedError

    async def answer(self, client, name):
        """Call the tool *name* without arguments; return its text."""
        raise NotImplementedError

    async def read(self, client, uri):
        """Return the text of the resource at *uri*."""
        raise NotImplementedError

    async def prompts(self, client):
        """Return the prompts that are shown."""
        raise NotImplementedError

    async def read_within(self, context, uri):
        """Return the text of the resource at *uri*, asked for by a function that is served."""
        raise NotImplementedError

    def add_message(self, server):
        """Add a tool `message` that returns its text, of what is injected."""
        raise NotImplementedError

    def parameters(self, tool):
        """Return what clients see of the parameters of *tool*."""
        raise NotImplementedError

    def server_on(self, container, *decorated, **options):
        """Return a server with functions, each with what decorates it."""
        server = self.server(**options)
        for decorate, function in decorated:
            decorate(server)(function)
        self.setup(server, container)
        return server

    def server_of(self, log):
        """Return a server with the tools that the tests of all calls want."""
        server, Context, ToolError = self.server(), self.Context, self.ToolError
        tool = self.tool(server)

        @tool
        @inject
        async def value(text: str, number: int = 0, session=Inject[Session], repository=Inject[Repository]) -> str:
            assert repository.session is session
            return f"{session.number} {session.is_open}"

        @tool
        @inject
        def sync(text: str, database=Inject[Database]) -> str:
            return str(isinstance(database, Database))

        @tool
        @inject
        async def stream(text: str, context: Context, session=Inject[Session]) -> str:
            for _ in range(3):
                await context.report_progress(1, message=f"{session.is_open} ")
            return ""

        @tool
        @inject
        async def answered(text: str, session=Inject[Session]) -> str:
            raise ToolError("answered")

        @tool
        @inject
        async def error(text: str, session=Inject[Session]) -> str:
            return str(1 / 0)

        @tool
        @inject
        async def waits(text: str, session=Inject[Session]) -> str:
            log("waiting")
            await anyio.sleep_forever()

        self.add_message(server)
        return server
