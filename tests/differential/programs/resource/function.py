"""A function opens a resource once; shutting it down forgets the value."""

from dependency_injector import containers, providers


def connect(host, port=1):
    print("connect", host, port)
    return [host, port]


class App(containers.DeclarativeContainer):
    link = providers.Resource(connect, "db", port=2)


app = App()
print(app.link.initialized)
first = app.link()
print(app.link() is first, app.link.initialized, first)
app.link.shutdown()
print(app.link.initialized, app.link() is first)
