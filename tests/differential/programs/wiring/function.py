"""A wired function gets what its markers name, unless the caller gives it."""

from dependency_injector import containers, providers
from dependency_injector.wiring import Provide, inject


class App(containers.DeclarativeContainer):
    name = providers.Object("ann")
    number = providers.Factory(int, 5)


@inject
def greet(word, name=Provide[App.name], *, times: int = Provide[App.number]):
    return f"{word} {name} {times}"


app = App()
app.wire(modules=[__name__])
print(greet("hello"))
print(greet("hello", name="bob"), greet("hello", times=1), greet(word="bye", name="eve"))
app.unwire()
