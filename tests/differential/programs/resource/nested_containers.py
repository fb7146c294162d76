"""Resources of nested containers are opened and closed with the outer ones."""

from dependency_injector import containers, providers


def open_one(name):
    print("open", name)
    yield name
    print("close", name)


class Gateways(containers.DeclarativeContainer):
    database = providers.Resource(open_one, "database")


class App(containers.DeclarativeContainer):
    gateways = providers.Container(Gateways)
    service = providers.Factory(dict, database=gateways.database)


app = App()
app.init_resources()
print(app.service(), app.gateways.database.initialized)
app.shutdown_resources()
print(app.gateways.database.initialized)
