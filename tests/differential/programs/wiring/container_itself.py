"""A marker may name the container itself."""

from dependency_injector import containers, providers
from dependency_injector.wiring import Provide, inject


class App(containers.DeclarativeContainer):
    name = providers.Object("ann")


@inject
def by_class(app=Provide[App]):
    return app


@inject
def by_string(app=Provide["<container>"]):
    return app


app = App()
app.wire([__name__])
print(by_class() is app, by_string() is app)
app.unwire()
