"""A resource that fails to open can be tried again."""

from dependency_injector import containers, providers

attempts = []


def connect():
    attempts.append(1)
    if len(attempts) == 1:
        raise ConnectionError("first time")
    yield "link"
    print("closed")


class App(containers.DeclarativeContainer):
    link = providers.Resource(connect)


app = App()
try:
    app.init_resources()
except ConnectionError as error:
    print(error, app.link.initialized)
app.init_resources()
print(app.link())
app.shutdown_resources()
