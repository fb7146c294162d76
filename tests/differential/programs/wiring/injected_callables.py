"""Functions of many kinds are injected: nested ones, lambdas, callable objects' classes, partial ones."""

import functools

from dependency_injector import containers, providers
from dependency_injector.wiring import Provide, inject


class App(containers.DeclarativeContainer):
    name = providers.Object("ann")


def outer():
    @inject
    def inner(word, name=Provide[App.name]):
        return f"{word} {name}"

    return inner


class Greeter:
    @inject
    def __call__(self, word, name=Provide[App.name]):
        return f"{word} to {name}"


app = App()
inner = outer()
app.wire([__name__])
print(inner("hello"), "|", Greeter()("hello"), "|", functools.partial(inner, "bye")())
print(outer()("late", name="given"))
app.unwire()
