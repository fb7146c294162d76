"""A resource's provider may be injected to open it later."""

from dependency_injector import containers, providers


def connect():
    print("connect")
    yield "link"
    print("disconnect")


class Lazy:
    def __init__(self, link):
        self.link = link


class App(containers.DeclarativeContainer):
    link = providers.Resource(connect)
    lazy = providers.Factory(Lazy, link=link.provider)


app = App()
lazy = app.lazy()
print("made")
print(lazy.link())
app.shutdown_resources()
