"""Overrides made after wiring count, of instances and of nested containers."""

from dependency_injector import containers, providers
from dependency_injector.wiring import Provide, inject


class Sub(containers.DeclarativeContainer):
    value = providers.Object("sub")


class App(containers.DeclarativeContainer):
    sub = providers.Container(Sub)
    name = providers.Object("ann")


@inject
def use(name=Provide[App.name], value=Provide[App.sub.value]):
    return name, value


app = App()
app.wire([__name__])
with app.name.override("bob"), app.sub.value.override("other"):
    print(use())
print(use())
app.unwire()
