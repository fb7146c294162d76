"""Giving None or a marker's own place by position counts as given."""

from dependency_injector import containers, providers
from dependency_injector.wiring import Provide, inject


class App(containers.DeclarativeContainer):
    name = providers.Object("ann")


@inject
def greet(*, name=Provide[App.name], **others):
    return name, others


app = App()
app.wire([__name__])
print(greet(), greet(name=None), greet(extra=1))
app.unwire()
