"""Modifiers convert and require what a string names."""

from decimal import Decimal

from dependency_injector import containers, errors, providers
from dependency_injector.wiring import Provide, as_, as_float, as_int, inject, required


class App(containers.DeclarativeContainer):
    config = providers.Configuration()


@inject
def convert(
    whole=Provide["config.n", as_int()],
    real=Provide["config.n", as_float()],
    exact=Provide["config.n", as_(Decimal)],
    needed=Provide["config.n", required().as_int()],
):
    return whole, real, exact, needed


@inject
def demand(value=Provide["config.absent", required()]):
    return value


app = App(config={"n": "3"})
app.wire([__name__])
print(convert())
try:
    demand()
except errors.Error:
    print("undefined")
app.unwire()
