"""anydi: providers by type; request contexts are current, not passed."""

import anydi

from tenure.testing import contract
from tenure.testing.contract.adapter import ASYNC_GENERATOR, GENERATOR, VALUE


def given(node):
    return lambda: node.factory


class Context:
    def __init__(self, adapter, manager):
        self.adapter = adapter
        self.manager = manager

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
    name = "anydi"
    distribution = "anydi"
    flavours = (GENERATOR, ASYNC_GENERATOR, VALUE)

    def __init__(self, graph):
        self.graph = graph
        self.container = anydi.Container()
        if graph.options.get("for_tests"):
            self.container.enable_test_mode()
        for node in graph:
            if node.lifetime == "transient":
                raise contract.NotOffered  # a resource may not be transient
            factory = given(node) if node.flavour == VALUE else node.factory
            self.container.register(node.type, factory, scope=node.lifetime)

    def get(self, name):
        return self.container.resolve(self.graph[name].type)

    async def aget(self, name):
        return await self.container.aresolve(self.graph[name].type)

    def start(self):
        self.container.start()

    async def astart(self):
        await self.container.astart()

    def scope(self):
        return Context(self, self.container.request_context())

    def ascope(self):
        return Context(self, self.container.arequest_context())

    def override(self, name, value):
        return self.container.override(self.graph[name].type, instance=value)

    def check(self):
        self.container.build()

    def close(self):
        self.container.close()

    async def aclose(self):
        await self.container.aclose()
