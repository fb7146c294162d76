"""A marker can be asked what it stands for."""

from dependency_injector import containers, providers
from dependency_injector.wiring import Closing, Provide, Provider


class App(containers.DeclarativeContainer):
    name = providers.Object("ann")


marker = Provide[App.name]
print(marker.provider is App.name, isinstance(marker, Provide), isinstance(Provider["name"], Provider))
print(Provide["name"].provider, Closing[marker].provider is marker)
