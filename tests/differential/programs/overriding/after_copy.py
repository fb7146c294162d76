"""Overrides are copied with a container, its overriding providers too."""

from dependency_injector import containers, providers


class App(containers.DeclarativeContainer):
    host = providers.Object("host")
    name = providers.Object("name")
    url = providers.Callable("{}/{}".format, host, name)


App.host.override(providers.Callable(str.upper, App.name))
app = App()
app.name.override("changed")
print(app.url(), App.url())
print(app.host.last_overriding is App.host.last_overriding)
