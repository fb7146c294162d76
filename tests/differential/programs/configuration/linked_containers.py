"""A configuration is handed down to nested containers."""

from dependency_injector import containers, providers


class Service(containers.DeclarativeContainer):
    config = providers.Configuration()
    url = providers.Factory("{}/{}".format, config.host, config.path)


class App(containers.DeclarativeContainer):
    config = providers.Configuration()
    users = providers.Container(Service, config=config.users)
    orders = providers.Container(Service, config=config.orders)


app = App()
app.config.from_dict({"users": {"host": "u", "path": 1}, "orders": {"host": "o", "path": 2}})
print(app.users.url(), app.orders.url())
app.config.users.path.from_value(9)
print(app.users.url(), app.users.config.path())
