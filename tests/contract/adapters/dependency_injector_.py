"""dependency-injector: providers by name; resources are started and shut down with their container."""

from dependency_injector import containers, providers

from tenure.testing import contract
from tenure.testing.contract.adapter import ASYNC_GENERATOR, GENERATOR, PLAIN, VALUE
from tests.contract.adapters.support import awaited, only


class Adapter(contract.Adapter):
    name = "dependency-injector"
    distribution = "dependency-injector"
    worlds = ("sync", "asyncio", "uvloop")
    flavours = (GENERATOR, ASYNC_GENERATOR, VALUE)
    options = frozenset({"parallel"})
    reopens = True

    def __init__(self, graph):
        only(graph, "singleton")
        self.graph = graph
        self.container = containers.DynamicContainer()
        for node in graph:
            setattr(self.container, node.name, self.provider(node))

    def provider(self, node):
        if node.flavour == VALUE:
            return providers.Object(node.factory)
        kind = providers.Singleton if node.flavour == PLAIN else providers.Resource
        return kind(node.factory, **{need.lower(): getattr(self.container, need) for need in node.needs})

    def get(self, name):
        if any(node.is_async for node in self.graph):
            raise contract.NotOffered  # it gives a future
        return getattr(self.container, name)()

    async def aget(self, name):
        return await awaited(getattr(self.container, name)())

    def start(self):
        self.container.init_resources()

    async def astart(self):
        await awaited(self.container.init_resources())

    def close(self):
        if self.graph.is_async:
            raise contract.NotOffered  # it gives a future
        self.container.shutdown_resources()

    async def aclose(self):
        await awaited(self.container.shutdown_resources())

    def override(self, name, value):
        return getattr(self.container, name).override(value)

    def reset(self, name):
        getattr(self.container, name).shutdown()

    async def areset(self, name):
        await awaited(getattr(self.container, name).shutdown())
