"""An option may be chosen by another option."""

from dependency_injector import containers, providers
from dependency_injector.wiring import Provide, inject, invariant


class App(containers.DeclarativeContainer):
    config = providers.Configuration()


@inject
def option(value=Provide["config.table", invariant("config.key")]):
    return value


app = App(config={"key": "a", "table": {"a": 1, "b": 2}})
app.wire([__name__])
print(option())
app.config.key.from_value("b")
print(option())
app.unwire()
