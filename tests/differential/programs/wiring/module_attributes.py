"""Markers as attributes of a module are replaced by values while the module is wired."""

from dependency_injector import containers, providers
from dependency_injector.wiring import Provide, Provider


class App(containers.DeclarativeContainer):
    name = providers.Object("ann")
    single = providers.Singleton(object)


name: str = Provide[App.name]
single = Provide["single"]
provider = Provider["single"]

app = App()
app.wire([__name__])
print(name, single is app.single(), provider is app.single)
app.unwire()
print(isinstance(name, Provide), isinstance(provider, Provider))
