"""Wiring by configuration can be left for later."""

from dependency_injector import containers, providers
from dependency_injector.wiring import Provide, inject


class App(containers.DeclarativeContainer):
    wiring_config = containers.WiringConfiguration(modules=[__name__], auto_wire=False)
    name = providers.Object("ann")


@inject
def greet(name=Provide[App.name]):
    return f"hello {name}"


app = App()
print(app.is_auto_wiring_enabled(), greet("given"))
app.wire()
print(greet())
app.unwire()
