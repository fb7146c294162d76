"""A dynamic container wires by names."""

from dependency_injector import containers, providers
from dependency_injector.wiring import Provide, inject

app = containers.DynamicContainer()
app.name = providers.Object("ann")


@inject
def greet(name=Provide["name"]):
    return f"hello {name}"


app.wire([__name__])
print(greet())
app.unwire()
