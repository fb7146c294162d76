"""aioinject: providers by type; the root context is the application's, others are scopes."""

import aioinject
from aioinject.testing import TestContainer

from tenure.testing import contract
from tenure.testing.contract.adapter import ASYNC_GENERATOR, GENERATOR, PLAIN, VALUE
from tests.contract.adapters.support import Keyed, manager_of

KINDS = {"singleton": aioinject.Singleton, "request": aioinject.Scoped, "transient": aioinject.Transient}


class Context:
    def __init__(self, graph, manager):
        self.graph = graph
        self.manager = manager

    def __enter__(self):
        return Keyed(self.graph, get=self.manager.__enter__().resolve)

    def __exit__(self, *outcome):
        return self.manager.__exit__(*outcome)

    async def __aenter__(self):
        return Keyed(self.graph, aget=(await self.manager.__aenter__()).resolve)

    async def __aexit__(self, *outcome):
        return await self.manager.__aexit__(*outcome)


class Adapter(contract.Adapter):
    name = "aioinject"
    distribution = "aioinject"
    worlds = ("sync", "asyncio", "uvloop")
    flavours = (GENERATOR, ASYNC_GENERATOR, VALUE)

    def __init__(self, graph):
        self.graph = graph
        self.container = aioinject.Container() if graph.is_async else aioinject.SyncContainer()
        for node in graph:
            if node.flavour == VALUE:
                self.container.register(aioinject.Object(node.factory, interface=node.type))
            else:
                factory = node.factory if node.flavour == PLAIN else manager_of(node)
                self.container.register(KINDS[node.lifetime](factory))

    def get(self, name):
        return self.container.root.resolve(self.graph[name].type)

    async def aget(self, name):
        return await self.container.root.resolve(self.graph[name].type)

    def scope(self):
        return Context(self.graph, self.container.context())

    ascope = scope

    def override(self, name, value):
        provider = aioinject.Object(value, interface=self.graph[name].type)
        return TestContainer(self.container).override(provider)

    def close(self):
        if self.graph.is_async:
            raise contract.NotOffered
        self.container.__exit__(None, None, None)

    async def aclose(self):
        await self.container.__aexit__(None, None, None)
