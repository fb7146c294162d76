"""
Annotations kept as text, as under `from __future__ import annotations`, are read.

theirs:
    raises TypeError
ours:
    hello ann
"""

from typing import Annotated

from dependency_injector import containers, providers
from dependency_injector.wiring import Provide, inject


class App(containers.DeclarativeContainer):
    name = providers.Object("ann")


@inject
def greet(name: "Annotated[str, Provide[App.name]]"):
    print("hello", name)


app = App()
app.wire([__name__])
greet()
