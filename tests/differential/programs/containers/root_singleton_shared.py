"""Several nested containers share what the outer one hands to them."""

from dependency_injector import containers, providers


class Part(containers.DeclarativeContainer):
    core = providers.DependenciesContainer()
    service = providers.Factory(dict, clock=core.clock, logger=core.logger)


class Core(containers.DeclarativeContainer):
    clock = providers.Singleton(object)
    logger = providers.Singleton(object)


class App(containers.DeclarativeContainer):
    core = providers.Container(Core)
    users = providers.Container(Part, core=core)
    orders = providers.Container(Part, core=core)


app = App()
print(app.users.service()["clock"] is app.orders.service()["clock"] is app.core.clock())
print(app.users.service()["logger"] is app.core.logger())
