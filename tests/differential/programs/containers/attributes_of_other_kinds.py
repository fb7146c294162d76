"""Plain attributes, methods and nested classes of a container class are left alone."""

from dependency_injector import containers, providers


class App(containers.DeclarativeContainer):
    limit = 5
    host = providers.Object("host")

    class Meta:
        title = "app"


print(App.limit, App.Meta.title, sorted(App.providers))
app = App()
print(hasattr(app, "absent"), app.host(), sorted(app.providers))
