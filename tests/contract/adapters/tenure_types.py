"""Tenure by its type-driven face."""

from tenure import Container, Retry, resource
from tenure.errors import closing_errors
from tenure.health import report, report_sync
from tenure.lifecycle.backends import running
from tenure.observe.health import ResourceHealthChecker
from tenure.testing import contract
from tenure.testing.contract.adapter import ASYNC_CLASS, ASYNC_GENERATOR, CLASS, GENERATOR, PLAIN, VALUE


class Scope:
    def __init__(self, adapter, scope):
        self.adapter = adapter
        self.scope = scope

    def get(self, name):
        return self.scope.get(self.adapter.key(name))

    async def aget(self, name):
        return await self.scope.aget(self.adapter.key(name))


class Handle:
    """Gives, when it is entered, what asks by the names of nodes."""

    def __init__(self, adapter, handle):
        self.adapter = adapter
        self.handle = handle

    def __enter__(self):
        return Scope(self.adapter, self.handle.__enter__())

    def __exit__(self, *outcome):
        return self.handle.__exit__(*outcome)

    async def __aenter__(self):
        return Scope(self.adapter, await self.handle.__aenter__())

    async def __aexit__(self, *outcome):
        return await self.handle.__aexit__(*outcome)


class Adapter(contract.Adapter):
    name = "Tenure"
    distribution = "tenure"
    flavours = (GENERATOR, ASYNC_GENERATOR, CLASS, ASYNC_CLASS, VALUE)
    options = frozenset({"open_timeout", "close_timeout", "retry", "max_parallel", "parallel", "notes", "observer"})
    restarts = True

    def __init__(self, graph):
        self.graph = graph
        options = {"max_parallel": graph.options.get("max_parallel")}
        if "observer" in graph.options:
            options["observers"] = [graph.options["observer"]]
        self.container = Container(**options)
        for node in graph:
            self.bind(node)

    def key(self, name):
        return self.graph[name].type

    def bind(self, node):
        if node.flavour == VALUE:
            self.container.bind(node.type, node.factory)
        elif node.flavour == PLAIN:
            self.container.bind(node.type, node.factory, scope=node.lifetime)
        else:
            self.container.bind(node.type, declared(node))

    def get(self, name):
        return self.container.get(self.key(name))

    async def aget(self, name):
        return await self.container.aget(self.key(name))

    def start(self):
        self.container.start_sync()

    async def astart(self):
        await self.container.start()

    def scope(self):
        return Handle(self, self.container.resource_scope("request"))

    ascope = scope

    def close(self):
        self.container.close()

    async def aclose(self):
        await self.container.aclose()

    def override(self, name, value):
        return self.container.override(self.key(name), value=value)

    aoverride = override

    def reset(self, name):
        if not hasattr(self.container, "reset"):
            raise contract.NotOffered
        self.container.reset(self.key(name))

    async def areset(self, name):
        if not hasattr(self.container, "areset"):
            raise contract.NotOffered
        await self.container.areset(self.key(name))

    def check(self):
        self.container.check()

    async def probe(self):
        await look(self.container)
        return await ResourceHealthChecker(self.container).check_all_resources()

    def carried(self, error):
        return closing_errors(error)


async def look(container):
    """Ask for a report of *container*, whether a loop runs here or not."""
    return report_sync(container) if running() is None else await report(container)


def declared(node):
    """Return the factory of *node*, declared a resource with its options."""
    options = dict(node.options)
    if "retry" in options:
        options["retry"] = Retry(attempts=options["retry"], backoff=0.01)
    return resource(scope=node.lifetime, **options)(node.factory)
