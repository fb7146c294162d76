"""Each call asks its providers anew."""

from dependency_injector import containers, providers
from dependency_injector.wiring import Provide, inject


class App(containers.DeclarativeContainer):
    config = providers.Configuration()
    numbers = providers.Callable(next, iter(range(10)))


@inject
def line(number=Provide[App.numbers], prefix=Provide[App.config.prefix]):
    return f"{prefix}{number}"


app = App(config={"prefix": "#"})
app.wire([__name__])
print(line(), line())
app.config.prefix.from_value("no ")
print(line())
with app.numbers.override(99):
    print(line())
app.unwire()
