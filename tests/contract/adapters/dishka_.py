"""dishka: providers by type, containers inside containers; locks as its documents advise."""

import asyncio
import threading

from dishka import Provider, Scope, make_async_container, make_container

from tenure.testing import contract
from tenure.testing.contract.adapter import ASYNC_GENERATOR, GENERATOR, PLAIN, VALUE
from tests.contract.adapters.support import Inside

SCOPES = {"singleton": Scope.APP, "request": Scope.REQUEST, "transient": Scope.REQUEST}


class Adapter(contract.Adapter):
    name = "dishka"
    distribution = "dishka"
    worlds = ("sync", "asyncio", "uvloop")
    flavours = (GENERATOR, ASYNC_GENERATOR, VALUE)

    def __init__(self, graph):
        self.graph = graph
        provider, context = Provider(), {}
        for node in graph:
            if node.flavour == VALUE:
                provider.from_context(provides=node.type, scope=Scope.APP)
                context[node.type] = node.factory
            else:
                scope = Scope.APP if node.flavour == PLAIN else SCOPES[node.lifetime]
                provider.provide(node.factory, provides=node.type, scope=scope, cache=node.lifetime != "transient")
        if graph.is_async:
            self.container = make_async_container(provider, context=context, lock_factory=asyncio.Lock)
        else:
            self.container = make_container(provider, context=context, lock_factory=threading.RLock)

    def get(self, name):
        return self.container.get(self.graph[name].type)

    async def aget(self, name):
        return await self.container.get(self.graph[name].type)

    def scope(self):
        return Inside(self.graph, self.container(lock_factory=threading.RLock))

    def ascope(self):
        return Inside(self.graph, self.container(lock_factory=asyncio.Lock))

    def close(self):
        if self.graph.is_async:
            raise contract.NotOffered
        self.container.close()

    async def aclose(self):
        await self.container.close()
