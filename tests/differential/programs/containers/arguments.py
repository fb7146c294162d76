"""Arguments of a container override its providers by name."""

from dependency_injector import containers, providers


class App(containers.DeclarativeContainer):
    host = providers.Object("host")
    port = providers.Singleton(int, "80")
    address = providers.Factory("{}:{}".format, host, port)


print(App().address(), App(host="other").address(), App(port=providers.Factory(int, "1")).address())
app = App(host="first")
app.host.override("second")
print(app.address())
app.host.reset_last_overriding()
print(app.address())
app.host.reset_override()
print(app.address())
