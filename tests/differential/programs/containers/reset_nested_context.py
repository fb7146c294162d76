"""Singletons of a container and overrides may be reset together in nested `with` statements."""

from dependency_injector import containers, providers


class App(containers.DeclarativeContainer):
    name = providers.Object("real")
    service = providers.Singleton(dict, name=name)


app = App()
print(app.service())
with app.override_providers(name="fake"), app.reset_singletons():
    print(app.service())
    with app.name.override("faker"), app.service.reset():
        print(app.service())
print(app.service())
