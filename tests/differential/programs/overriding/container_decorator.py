"""A container declared with the decorator overrides another from then on."""

from dependency_injector import containers, providers


class App(containers.DeclarativeContainer):
    database = providers.Object("real")
    service = providers.Callable("on {}".format, database)


@containers.override(App)
class TestApp(containers.DeclarativeContainer):
    database = providers.Object("test")


print(App().service(), App.service(), TestApp.database())
App.reset_override()
print(App().service())
