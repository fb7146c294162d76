"""A dependency knows where it stands."""

from dependency_injector import containers, providers


class Inner(containers.DeclarativeContainer):
    token = providers.Dependency()


class Outer(containers.DeclarativeContainer):
    inner = providers.Container(Inner)
    gateways = providers.DependenciesContainer()


outer = Outer()
print(Inner.token.parent_name, Inner.token.parent is Inner)
print(outer.inner.token.parent_name, outer.inner.parent_name, outer.gateways.parent_name)
print(outer.inner.token.parent is outer.inner.container, outer.inner.parent is outer)
