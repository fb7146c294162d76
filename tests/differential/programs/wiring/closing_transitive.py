"""Closing reaches resources below what the marker names."""

from dependency_injector import containers, providers
from dependency_injector.wiring import Closing, Provide, inject


def session(name):
    print("open", name)
    yield name
    print("close", name)


class App(containers.DeclarativeContainer):
    session = providers.Resource(session, "db")
    repository = providers.Factory(dict, session=session)
    service = providers.Factory(dict, repositories=providers.List(repository))


@inject
def work(service=Closing[Provide[App.service]]):
    print(service)


app = App()
app.wire([__name__])
work()
work()
print(app.session.initialized)
app.unwire()
