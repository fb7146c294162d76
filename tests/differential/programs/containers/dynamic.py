"""A dynamic container is filled while the program runs."""

from dependency_injector import containers, providers

app = containers.DynamicContainer()
app.host = providers.Object("host")
app.set_provider("port", providers.Object(80))
app.set_providers(url=providers.Callable("{}:{}".format, app.host, app.port), extra=providers.Object(1))
print(app.url(), sorted(app.providers))
del app.extra
print(sorted(app.providers), hasattr(app, "extra"))
app.plain = "no provider"
print(app.plain, "plain" in app.providers)
