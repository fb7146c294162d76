"""Markers as attributes of a class are replaced by values while the class is wired."""

from dependency_injector import containers, providers
from dependency_injector.wiring import Closing, Provide, Provider


class App(containers.DeclarativeContainer):
    name = providers.Object("ann")
    numbers = providers.Factory(list)


class Page:
    name: str = Provide[App.name]
    make = Provider[App.numbers]
    plain = "plain"


app = App()
app.wire([__name__])
print(Page.name, Page().name, Page.make(), Page.plain)
app.unwire()
print(isinstance(Page.name, Provide), isinstance(Page.make, Provider), isinstance(Page.name, Closing))
