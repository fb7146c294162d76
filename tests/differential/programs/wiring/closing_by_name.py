"""The closing marker takes names and annotations as well."""

from typing import Annotated

from dependency_injector import containers, providers
from dependency_injector.wiring import Closing, Provide, inject


def session(name):
    print("open", name)
    yield name
    print("close", name)


class Sub(containers.DeclarativeContainer):
    session = providers.Resource(session, "sub")


class App(containers.DeclarativeContainer):
    sub = providers.Container(Sub)
    session = providers.Resource(session, "app")


@inject
def by_name(session=Closing[Provide["sub.session"]]):
    print("work", session)


@inject
def annotated(session: Annotated[str, Closing[Provide["session"]]]):
    print("work", session)


app = App()
app.wire([__name__])
by_name()
annotated()
print(app.session.initialized, app.sub.session.initialized)
app.unwire()
