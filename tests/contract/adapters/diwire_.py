"""diwire: registrations by type; locks as they are by default."""

from diwire import Container, Lifetime, Scope

from tenure.testing import contract
from tenure.testing.contract.adapter import ASYNC_CLASS, ASYNC_GENERATOR, CLASS, GENERATOR, PLAIN, VALUE
from tests.contract.adapters.support import Keyed


class Entered:
    def __init__(self, graph, scope):
        self.graph = graph
        self.scope = scope

    def __enter__(self):
        return Keyed(self.graph, get=self.scope.__enter__().resolve)

    def __exit__(self, *outcome):
        return self.scope.__exit__(*outcome)

    async def __aenter__(self):
        return Keyed(self.graph, aget=(await self.scope.__aenter__()).aresolve)

    async def __aexit__(self, *outcome):
        return await self.scope.__aexit__(*outcome)


class Adapter(contract.Adapter):
    name = "diwire"
    distribution = "diwire"
    worlds = ("sync", "asyncio", "uvloop")
    flavours = (GENERATOR, ASYNC_GENERATOR, CLASS, ASYNC_CLASS, VALUE)

    def __init__(self, graph):
        self.graph = graph
        self.container = Container()
        for node in graph:
            self.add(node)

    def add(self, node):
        if node.flavour == VALUE:
            self.container.add_instance(node.factory, provides=node.type)
            return
        options = {
            "provides": node.type,
            "scope": Scope.APP if node.lifetime == "singleton" or node.flavour == PLAIN else Scope.REQUEST,
            "lifetime": Lifetime.TRANSIENT if node.lifetime == "transient" else Lifetime.SCOPED,
        }
        if node.flavour == PLAIN:
            self.container.add_factory(node.factory, **options)
        elif node.flavour in (CLASS, ASYNC_CLASS):
            self.container.add_context_manager(node.factory, **options)
        else:
            self.container.add_generator(node.factory, **options)

    def get(self, name):
        return self.container.resolve(self.graph[name].type)

    async def aget(self, name):
        return await self.container.aresolve(self.graph[name].type)

    def scope(self):
        return Entered(self.graph, self.container.enter_scope(Scope.REQUEST))

    ascope = scope

    def check(self):
        self.container.compile()

    def close(self):
        self.container.close()

    async def aclose(self):
        await self.container.aclose()
