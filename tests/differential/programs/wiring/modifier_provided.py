"""Attributes, items and calls of what a string names."""

from dependency_injector import containers, providers
from dependency_injector.wiring import Provide, inject, provided


class Service:
    settings = {"hosts": ["a", "b"]}

    def double(self, number):
        return number * 2


class App(containers.DeclarativeContainer):
    service = providers.Singleton(Service)


@inject
def use(
    host=Provide["service", provided().settings["hosts"][1]],
    four=Provide["service", provided().double.call(2)],
    whole=Provide["service", provided()],
):
    return host, four, type(whole).__name__


app = App()
app.wire([__name__])
print(use())
app.unwire()
