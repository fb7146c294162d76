"""No library: a dictionary and an exit stack, as one writes it in an afternoon."""

import contextlib

from tenure.testing import contract
from tenure.testing.contract.adapter import ASYNC_CLASS, ASYNC_GENERATOR, CLASS, GENERATOR, PLAIN, VALUE
from tests.contract.adapters.support import manager_of


class Stack:
    """What one scope made, and how it is closed."""

    def __init__(self, graph, outer=None):
        self.graph = graph
        self.outer = outer
        self.made = {}
        self.sync_exits = contextlib.ExitStack()
        self.async_exits = contextlib.AsyncExitStack()

    def owner(self, node):
        return self.outer if self.outer is not None and node.lifetime == "singleton" else self

    def get(self, name):
        node = self.graph[name]
        owner = self.owner(node)
        if name in owner.made:
            return owner.made[name]
        if node.flavour == VALUE:
            return node.factory
        needs = {parameter: owner.get(need.name) for parameter, need in self.graph.needs_of(node).items()}
        if node.flavour == PLAIN:
            return node.factory(**needs)
        if node.is_async:
            raise TypeError(f"{name} has to be awaited")
        manager = node.factory if node.flavour == CLASS else manager_of(node)
        value = owner.enter(manager(**needs))
        if node.lifetime != "transient":
            owner.made[name] = value
        return value

    def enter(self, manager):
        exits = self.async_exits if self.graph.is_async else self.sync_exits
        return exits.enter_context(manager)

    async def aget(self, name):
        node = self.graph[name]
        owner = self.owner(node)
        if name in owner.made:
            return owner.made[name]
        if node.flavour == VALUE:
            return node.factory
        needs = {parameter: await owner.aget(need.name) for parameter, need in self.graph.needs_of(node).items()}
        if node.flavour == PLAIN:
            return node.factory(**needs)
        manager = node.factory if node.flavour in (CLASS, ASYNC_CLASS) else manager_of(node)
        enter = owner.async_exits.enter_async_context if node.is_async else owner.enter
        value = enter(manager(**needs))
        value = await value if node.is_async else value
        if node.lifetime != "transient":
            owner.made[name] = value
        return value

    def __enter__(self):
        return self

    def __exit__(self, *outcome):
        self.made.clear()
        return self.sync_exits.__exit__(*outcome)

    async def __aenter__(self):
        return self

    async def __aexit__(self, *outcome):
        self.made.clear()
        return await self.async_exits.__aexit__(*outcome)


class Adapter(contract.Adapter):
    name = "ExitStack by hand"
    flavours = (GENERATOR, ASYNC_GENERATOR, CLASS, ASYNC_CLASS, VALUE)
    reopens = True

    def __init__(self, graph):
        self.graph = graph
        self.root = Stack(graph)

    def get(self, name):
        return self.root.get(name)

    async def aget(self, name):
        return await self.root.aget(name)

    def start(self):
        for node in self.graph:
            self.get(node.name)

    async def astart(self):
        for node in self.graph:
            await self.aget(node.name)

    def scope(self):
        return Stack(self.graph, self.root)

    ascope = scope

    def close(self):
        if self.graph.is_async:
            raise contract.NotOffered
        self.root.__exit__(None, None, None)

    async def aclose(self):
        await self.root.__aexit__(None, None, None)
