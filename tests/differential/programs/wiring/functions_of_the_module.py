"""The wiring functions may be called by themselves."""

import sys

from dependency_injector import containers, providers, wiring


class App(containers.DeclarativeContainer):
    name = providers.Object("ann")


@wiring.inject
def greet(name=wiring.Provide[App.name]):
    return f"hello {name}"


app = App()
wiring.wire(app, modules=[sys.modules[__name__]])
print(greet())
wiring.unwire(modules=[sys.modules[__name__]])
print(greet("given"))
