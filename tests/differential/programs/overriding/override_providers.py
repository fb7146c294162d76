"""Several providers of a container are overridden at once, for a `with` statement too."""

from dependency_injector import containers, providers


class App(containers.DeclarativeContainer):
    host = providers.Object("host")
    port = providers.Object(80)
    url = providers.Callable("{}:{}".format, host, port)


app = App()
with app.override_providers(host="other", port=providers.Object(8080)) as inside:
    print(app.url(), inside is app)
print(app.url())
app.override_providers(host="kept")
print(app.url())
app.host.reset_override()
print(app.url(), App(port=1).url())
