"""A container of a derived class serves markers that name its own class's providers."""

from dependency_injector import containers, providers
from dependency_injector.wiring import Provide, inject


class Base(containers.DeclarativeContainer):
    name = providers.Object("base")


class App(Base):
    port = providers.Object(80)


@inject
def use(name=Provide[App.name], also=Provide[Base.name], port=Provide[App.port]):
    return name, also, port


app = App()
app.wire([__name__])
print(use())
app.unwire()
