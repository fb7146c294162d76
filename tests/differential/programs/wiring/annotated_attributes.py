"""Annotated attributes of modules and classes are wired."""

from typing import Annotated

from dependency_injector import containers, providers
from dependency_injector.wiring import Provide


class App(containers.DeclarativeContainer):
    name = providers.Object("ann")


module_name: Annotated[str, Provide[App.name]]


class Page:
    name: Annotated[str, Provide["name"]]
    other: Annotated[str, "no marker"] = "other"


app = App()
app.wire([__name__])
print(module_name, Page.name, Page.other)  # noqa: F821 - set by the wiring
app.unwire()
