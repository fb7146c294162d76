"""Markers may stand in annotations."""

from typing import Annotated

from dependency_injector import containers, providers
from dependency_injector.wiring import Provide, Provider, as_int, inject


class App(containers.DeclarativeContainer):
    config = providers.Configuration()
    name = providers.Object("ann")


@inject
def greet(
    name: Annotated[str, Provide[App.name]],
    port: Annotated[int, "a port", Provide["config.port", as_int()]],
    word: str = "hello",
    make: Annotated[object, Provider["name"]] = None,
):
    return f"{word} {name} {port} {make()}"


app = App(config={"port": "80"})
app.wire([__name__])
print(greet())
print(greet(name="bob", word="bye"))
app.unwire()
