"""Functions that are wired by their module need no decorator."""

import sys

from dependency_injector import containers, providers
from dependency_injector.wiring import Provide


class App(containers.DeclarativeContainer):
    name = providers.Object("ann")


def greet(name=Provide[App.name]):
    return f"hello {name}"


app = App()
app.wire(modules=[sys.modules[__name__]])
print(greet())
app.unwire()
