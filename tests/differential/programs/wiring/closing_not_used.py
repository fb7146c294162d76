"""A resource that the caller replaces is not opened."""

from dependency_injector import containers, providers
from dependency_injector.wiring import Closing, Provide, inject


def session():
    print("open")
    yield "session"
    print("close")


class App(containers.DeclarativeContainer):
    session = providers.Resource(session)


@inject
def work(session=Closing[Provide[App.session]]):
    print("work with", session)


app = App()
app.wire([__name__])
work(session="own")
print(app.session.initialized)
work()
app.unwire()
