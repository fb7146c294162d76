"""`shutdown` of a subclass is called even when `init` gave nothing, and may be left out."""

from dependency_injector import containers, providers, resources


class Logging(resources.Resource):
    def init(self):
        print("init")

    def shutdown(self, resource):
        print("shutdown", resource)


class Bare(resources.Resource):
    def init(self):
        return "bare"


class App(containers.DeclarativeContainer):
    logging = providers.Resource(Logging)
    bare = providers.Resource(Bare)


app = App()
print(app.logging(), app.logging.initialized)
print(app.bare())
app.shutdown_resources()
print(app.logging.initialized, app.bare.initialized)
