"""An error while closing a single resource reaches the caller, and the resource counts as closed."""

from dependency_injector import containers, providers


def connect():
    yield "link"
    raise BrokenPipeError("cut")


class App(containers.DeclarativeContainer):
    link = providers.Resource(connect)


app = App()
app.link()
try:
    app.link.shutdown()
except BrokenPipeError as error:
    print(error)
print(app.link.initialized)
