"""modern-di: factories by type with finalizers; synchronous openings alone, by its own decision."""

from modern_di import Container, Group, Scope, providers

from tenure.testing import contract
from tenure.testing.contract.adapter import PAIR, PLAIN, VALUE
from tests.contract.adapters.support import Keyed


class Child:
    def __init__(self, adapter):
        self.adapter = adapter
        self.container = adapter.container.build_child_container(scope=Scope.REQUEST)

    def __enter__(self):
        self.container.__enter__()
        return Keyed(self.adapter.graph, get=self.container.resolve)

    def __exit__(self, *outcome):
        return self.container.__exit__(*outcome)


class Adapter(contract.Adapter):
    name = "modern-di"
    distribution = "modern-di"
    worlds = ("sync",)
    flavours = (PAIR, VALUE)
    restarts = True

    def __init__(self, graph):
        self.graph = graph
        self.providers = {node.name: self.provider(node) for node in graph}
        self.container = Container(groups=[type("Nodes", (Group,), dict(self.providers))])

    def provider(self, node):
        if node.flavour == VALUE:
            return providers.Factory(lambda: node.factory, scope=Scope.APP, bound_type=node.type)
        if node.flavour == PLAIN:
            return providers.Factory(node.factory, scope=Scope.APP, cache=True)
        if node.lifetime == "transient":
            raise contract.NotOffered
        scope = Scope.APP if node.lifetime == "singleton" else Scope.REQUEST
        return providers.Factory(node.factory, scope=scope, cache=providers.CacheSettings(finalizer=node.close))

    def get(self, name):
        return self.container.resolve(self.graph[name].type)

    def scope(self):
        return Child(self)

    def override(self, name, value):
        return self.container.override(self.providers[name], value)

    def check(self):
        self.container.validate()

    def close(self):
        self.container.close_sync()
