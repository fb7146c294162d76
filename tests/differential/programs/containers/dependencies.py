"""`dependencies` lists what a container expects to be given."""

from dependency_injector import containers, providers


class App(containers.DeclarativeContainer):
    host = providers.Dependency(instance_of=str)
    gateways = providers.DependenciesContainer()
    port = providers.Object(80)


print(sorted(App.dependencies), sorted(App().dependencies))
app = App(host="h")
print(app.host(), sorted(app.dependencies))
