"""Wiring the same module twice does no harm, and one container may wire many modules."""

import types

from dependency_injector import containers, providers
from dependency_injector.wiring import Provide, inject


class App(containers.DeclarativeContainer):
    numbers = providers.Callable(next, iter(range(10)))


@inject
def number(value=Provide[App.numbers]):
    return value


other = types.ModuleType("other_views")
exec(
    "from dependency_injector.wiring import Provide\ndef view(value=Provide['numbers']):\n    return value",
    other.__dict__,
)

app = App()
app.wire([__name__])
app.wire([__name__, other])
print(number(), other.view(), number())
app.unwire()
