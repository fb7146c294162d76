"""Resources that are open are not opened again."""

from dependency_injector import containers, providers

opened = []


def open_one(name):
    opened.append(name)
    yield name


class App(containers.DeclarativeContainer):
    a = providers.Resource(open_one, "a")
    b = providers.Resource(open_one, "b")


app = App()
app.a()
app.init_resources()
app.init_resources()
print(sorted(opened))
app.shutdown_resources()
app.shutdown_resources()
print(sorted(opened), app.a.initialized, app.b.initialized)
