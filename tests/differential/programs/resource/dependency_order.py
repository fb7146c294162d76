"""A resource opens after the resources it is made from, and closes before them."""

from dependency_injector import containers, providers


def open_one(name, *below):
    print("open", name, *below)
    yield name
    print("close", name)


class App(containers.DeclarativeContainer):
    config = providers.Resource(open_one, "config")
    pool = providers.Resource(open_one, "pool", config)
    web = providers.Resource(open_one, "web", pool)


app = App()
app.init_resources()
app.shutdown_resources()
