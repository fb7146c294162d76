"""A subclass of `resources.Resource` opens by `init` and closes by `shutdown`."""

from dependency_injector import containers, providers, resources


class Storage(resources.Resource):
    def init(self, path, mode="r"):
        print("init", path, mode)
        return {"path": path}

    def shutdown(self, resource):
        print("shutdown", resource)


class App(containers.DeclarativeContainer):
    storage = providers.Resource(Storage, "/data", mode="w")


app = App()
print(app.storage.init())
app.storage.shutdown()
app.storage.init()
app.shutdown_resources()
