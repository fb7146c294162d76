"""svcs: a registry for the application, a container for each request; factories are wired by `svcs.autowire`."""

import svcs

from tenure.testing import contract
from tenure.testing.contract.adapter import ASYNC_GENERATOR, GENERATOR, PLAIN, VALUE
from tests.contract.adapters.support import Keyed, lifetimes, manager_of


class Inside:
    """A container of one request."""

    def __init__(self, graph, registry):
        self.graph = graph
        self.container = svcs.Container(registry)

    def __enter__(self):
        self.container.__enter__()
        return Keyed(self.graph, get=self.container.get)

    def __exit__(self, *outcome):
        return self.container.__exit__(*outcome)

    async def __aenter__(self):
        await self.container.__aenter__()
        return Keyed(self.graph, aget=self.container.aget)

    async def __aexit__(self, *outcome):
        return await self.container.__aexit__(*outcome)


class Adapter(contract.Adapter):
    name = "svcs"
    distribution = "svcs"
    flavours = (GENERATOR, ASYNC_GENERATOR, VALUE)
    reopens = True

    def __init__(self, graph):
        if len(lifetimes(graph)) > 1 or "transient" in lifetimes(graph):
            raise contract.NotOffered  # what lives longer than a request is registered as a value
        self.graph = graph
        self.registry = svcs.Registry()
        wire = svcs.aautowire if graph.is_async else svcs.autowire
        for node in graph:
            if node.flavour == VALUE:
                self.registry.register_value(node.type, node.factory)
            else:
                factory = node.factory if node.flavour == PLAIN else manager_of(node)
                self.registry.register_factory(node.type, wire(factory), ping=lambda service: None)
        self.container = svcs.Container(self.registry)

    def get(self, name):
        return self.container.get(self.graph[name].type)

    async def aget(self, name):
        return await self.container.aget(self.graph[name].type)

    def scope(self):
        return Inside(self.graph, self.registry)

    ascope = scope

    def close(self):
        self.container.close()

    async def aclose(self):
        await self.container.aclose()

    async def probe(self):
        for ping in self.container.get_pings():
            if self.graph.is_async:
                await ping.aping()
            else:
                ping.ping()
