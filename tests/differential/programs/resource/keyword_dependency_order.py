"""Keyword arguments order resources as positional ones do."""

from dependency_injector import containers, providers


def open_one(name, below=None):
    print("open", name)
    yield name
    print("close", name, "on", below)


class App(containers.DeclarativeContainer):
    base = providers.Resource(open_one, name="base")
    middle = providers.Resource(open_one, name="middle", below=base)
    top = providers.Resource(open_one, name="top", below=middle)


app = App()
print(app.top())
app.shutdown_resources()
