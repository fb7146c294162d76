"""A container can wire by itself what its configuration lists."""

import sys

from dependency_injector import containers, providers
from dependency_injector.wiring import Provide, inject


class App(containers.DeclarativeContainer):
    wiring_config = containers.WiringConfiguration(modules=[__name__])
    name = providers.Object("ann")


@inject
def greet(name=Provide[App.name]):
    return f"hello {name}"


app = App()
print(greet(), app.is_auto_wiring_enabled(), app.wiring_config.modules == [__name__], __name__ in sys.modules)
app.unwire()
