"""that-depends: a class of providers; resources are torn down with it, context resources with their context."""

from that_depends import BaseContainer, container_context, providers

from tenure.testing import contract
from tenure.testing.contract.adapter import ASYNC_GENERATOR, GENERATOR, PLAIN, VALUE


class Context:
    def __init__(self, adapter):
        self.adapter = adapter
        self.manager = container_context(adapter.container)

    def __enter__(self):
        self.manager.__enter__()
        return self.adapter

    def __exit__(self, *outcome):
        return self.manager.__exit__(*outcome)

    async def __aenter__(self):
        await self.manager.__aenter__()
        return self.adapter

    async def __aexit__(self, *outcome):
        return await self.manager.__aexit__(*outcome)


class Adapter(contract.Adapter):
    name = "that-depends"
    distribution = "that-depends"
    worlds = ("sync", "asyncio", "uvloop")
    flavours = (GENERATOR, ASYNC_GENERATOR, VALUE)
    reopens = True

    def __init__(self, graph):
        self.graph = graph
        self.providers = {}
        for node in graph:
            self.providers[node.name] = self.provider(node)
        body = {"alias": f"container {id(self)}", **self.providers}
        self.container = type("Nodes", (BaseContainer,), body)

    def provider(self, node):
        if node.flavour == VALUE:
            return providers.Object(node.factory)
        needs = {need.lower(): self.providers[need].cast for need in node.needs}
        if node.flavour == PLAIN:
            return providers.Singleton(node.factory, **needs)
        if node.lifetime == "transient":
            raise contract.NotOffered
        kind = providers.Resource if node.lifetime == "singleton" else providers.ContextResource
        return kind(node.factory, **needs)

    def get(self, name):
        return self.providers[name].resolve_sync()

    async def aget(self, name):
        return await self.providers[name].resolve()

    async def astart(self):
        await self.container.init_resources()

    def scope(self):
        return Context(self)

    ascope = scope

    def override(self, name, value):
        return self.providers[name].override_context_sync(value)

    def aoverride(self, name, value):
        return self.providers[name].override_context(value)

    def reset(self, name):
        self.providers[name].tear_down_sync()

    async def areset(self, name):
        await self.providers[name].tear_down()

    def close(self):
        self.container.tear_down_sync()

    async def aclose(self):
        await self.container.tear_down()
