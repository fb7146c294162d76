"""A resource that is injected without the closing marker stays open."""

from dependency_injector import containers, providers
from dependency_injector.wiring import Closing, Provide, inject


def session(name):
    print("open", name)
    yield name
    print("close", name)


class App(containers.DeclarativeContainer):
    kept = providers.Resource(session, "kept")
    closed = providers.Resource(session, "closed")


@inject
def work(kept=Provide[App.kept], closed=Closing[Provide[App.closed]]):
    print("work", kept, closed)


app = App()
app.wire([__name__])
work()
print(app.kept.initialized, app.closed.initialized)
app.shutdown_resources()
app.unwire()
