"""A selector opens the resource that it chooses and no other when it is called."""

from dependency_injector import containers, providers


def open_one(name):
    print("open", name)
    yield name
    print("close", name)


class App(containers.DeclarativeContainer):
    config = providers.Configuration()
    store = providers.Selector(
        config.store,
        memory=providers.Resource(open_one, "memory"),
        disk=providers.Resource(open_one, "disk"),
    )


app = App(config={"store": "disk"})
print(app.store())
print(app.store.memory.initialized, app.store.disk.initialized)
app.shutdown_resources()
