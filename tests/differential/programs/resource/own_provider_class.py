"""A resource provider may be extended by overriding its call and its shutdown."""

from dependency_injector import containers, providers


class LoudResource(providers.Resource):
    def shutdown(self):
        print("asked to shut down")
        return super().shutdown()


def connect():
    yield "link"
    print("closed")


class App(containers.DeclarativeContainer):
    link = LoudResource(connect)


app = App()
print(app.link(), type(app.link).__name__)
app.link.shutdown()
app.init_resources(LoudResource)
print(app.link.initialized)
app.shutdown_resources(LoudResource)
print(app.link.initialized)
