"""A declarative container's instance has its own copies of the class's providers."""

from dependency_injector import containers, providers


class App(containers.DeclarativeContainer):
    cache = providers.Singleton(dict)
    service = providers.Factory(dict, cache=cache)


one, two = App(), App()
print(one.cache is App.cache, one.cache() is one.cache(), one.cache() is two.cache())
print(one.service()["cache"] is one.cache(), App.cache() is App.cache())
print(isinstance(one, containers.DynamicContainer), isinstance(one, containers.Container))
