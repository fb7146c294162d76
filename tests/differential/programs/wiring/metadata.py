"""The injected function keeps name, documentation and signature."""

import inspect

from dependency_injector import containers, providers
from dependency_injector.wiring import Provide, inject


class App(containers.DeclarativeContainer):
    name = providers.Object("ann")


@inject
def greet(word: str, name: str = Provide[App.name]) -> str:
    """Greet somebody."""
    return f"{word} {name}"


@inject
async def later(name: str = Provide[App.name]) -> str:
    """Greet later."""
    return name


print(greet.__name__, greet.__doc__, sorted(inspect.signature(greet).parameters), greet.__annotations__)
print(later.__name__, inspect.iscoroutinefunction(later), inspect.iscoroutinefunction(greet))
print(isinstance(inspect.signature(greet).parameters["name"].default, Provide))
