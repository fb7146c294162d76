"""Overriding in one container's instance leaves its class and other instances alone."""

from dependency_injector import containers, providers


class App(containers.DeclarativeContainer):
    name = providers.Object("real")
    title = providers.Callable(str.upper, name)


one, two = App(), App()
one.name.override("one")
print(one.title(), two.title(), App.title())
