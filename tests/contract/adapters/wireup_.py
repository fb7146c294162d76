"""wireup: injectables by type; scopes that several tasks may use."""

import wireup

from tenure.testing import contract
from tenure.testing.contract.adapter import ASYNC_GENERATOR, GENERATOR, VALUE
from tests.contract.adapters.support import Inside

LIFETIMES = {"singleton": "singleton", "request": "scoped", "transient": "transient"}


class Adapter(contract.Adapter):
    name = "wireup"
    distribution = "wireup"
    worlds = ("sync", "asyncio", "uvloop")
    flavours = (GENERATOR, ASYNC_GENERATOR, VALUE)

    def __init__(self, graph):
        self.graph = graph
        injectables = [
            wireup.instance(node.factory, as_type=node.type)
            if node.flavour == VALUE
            else wireup.injectable(lifetime=LIFETIMES[node.lifetime])(node.factory)
            for node in graph
        ]
        create = wireup.create_async_container if graph.is_async else wireup.create_sync_container
        self.container = create(injectables=injectables, concurrent_scoped_access=True)

    def get(self, name):
        return self.container.get(self.graph[name].type)

    async def aget(self, name):
        return await self.container.get(self.graph[name].type)

    def scope(self):
        return Inside(self.graph, self.container.enter_scope())

    ascope = scope

    def override(self, name, value):
        return self.container.override({self.graph[name].type: value})

    def close(self):
        if self.graph.is_async:
            raise contract.NotOffered
        self.container.close()

    async def aclose(self):
        await self.container.close()
