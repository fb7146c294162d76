"""Tenure by its declarative face."""

from tenure import containers, providers
from tenure.errors import closing_errors
from tenure.observe.health import ResourceHealthChecker
from tenure.testing import contract
from tenure.testing.contract.adapter import ASYNC_CLASS, ASYNC_GENERATOR, CLASS, GENERATOR, PLAIN, VALUE
from tests.contract.adapters.tenure_types import Handle, declared, look


class Adapter(contract.Adapter):
    name = "Tenure, providers"
    distribution = "tenure"
    flavours = (GENERATOR, ASYNC_GENERATOR, CLASS, ASYNC_CLASS, VALUE)
    options = frozenset({"open_timeout", "close_timeout", "retry", "parallel", "notes", "observer"})
    reopens = True

    def __init__(self, graph):
        owned = {node.lifetime for node in graph if node.flavour not in (PLAIN, VALUE)}
        if owned not in ({"singleton"}, {"request"}, set()):
            raise contract.NotOffered  # a resource belongs to the scope that needs it first, whatever it is
        self.graph = graph
        self.container = containers.DynamicContainer()
        for node in graph:
            setattr(self.container, node.name, self.provider(node))
        if "observer" in graph.options:
            self.container.observe(graph.options["observer"])

    def key(self, name):
        return name

    def provider(self, node):
        if node.flavour == VALUE:
            return providers.Object(node.factory)
        kind = providers.Singleton if node.flavour == PLAIN else providers.Resource
        factory = node.factory if node.flavour == PLAIN else declared(node)
        return kind(factory, **{need.lower(): getattr(self.container, need) for need in node.needs})

    def get(self, name):
        return self.container.get(name)

    async def aget(self, name):
        return await self.container.aget(name)

    def start(self):
        self.container.init_resources()

    async def astart(self):
        await self.container.init_resources()

    def scope(self):
        return Handle(self, self.container.resource_scope())

    ascope = scope

    def close(self):
        if self.graph.is_async:
            raise contract.NotOffered  # it gives an awaitable
        self.container.shutdown_resources()

    async def aclose(self):
        await self.container.shutdown_resources()

    def override(self, name, value):
        return getattr(self.container, name).override(value)

    def reset(self, name):
        getattr(self.container, name).shutdown()

    async def areset(self, name):
        await getattr(self.container, name).shutdown()

    def check(self):
        self.container.check()

    async def probe(self):
        await look(self.container)
        return await ResourceHealthChecker(self.container).check_all_resources()

    def carried(self, error):
        return closing_errors(error)
