"""Resources of one type can be opened and closed apart from the rest."""

from dependency_injector import containers, providers


class ScopedResource(providers.Resource):
    pass


def open_one(name):
    print("open", name)
    yield name
    print("close", name)


class App(containers.DeclarativeContainer):
    scoped = ScopedResource(open_one, "scoped")
    generic = providers.Resource(open_one, "generic")


app = App()
app.init_resources(ScopedResource)
print(app.scoped.initialized, app.generic.initialized)
app.shutdown_resources(ScopedResource)
app.generic()
app.shutdown_resources(ScopedResource)
print(app.scoped.initialized, app.generic.initialized)
app.shutdown_resources(providers.Resource)
