"""Markers may name providers of nested containers through the class."""

from dependency_injector import containers, providers
from dependency_injector.wiring import Provide, inject


class Sub(containers.DeclarativeContainer):
    value = providers.Dependency()
    service = providers.Factory("sub {}".format, value)


class App(containers.DeclarativeContainer):
    sub = providers.Container(Sub, value=providers.Object("one"))


@inject
def use(service=Provide[App.sub.service], inner=Provide[App.sub.container]):
    return service, inner


@inject
def whole(sub=Provide[App.sub]):
    return sub.service()


app = App()
app.wire([__name__])
print(use(inner=None), whole())
app.unwire()
