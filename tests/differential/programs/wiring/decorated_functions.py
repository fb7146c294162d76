"""Other decorators may stand outside the injecting one."""

import functools

from dependency_injector import containers, providers
from dependency_injector.wiring import Provide, inject


class App(containers.DeclarativeContainer):
    name = providers.Object("ann")


def loud(function):
    @functools.wraps(function)
    def wrapper(*args, **kwargs):
        return function(*args, **kwargs).upper()

    return wrapper


@loud
@inject
def greet(name=Provide[App.name]):
    return f"hello {name}"


app = App()
app.wire([__name__])
print(greet(), greet(name="bob"))
app.unwire()
