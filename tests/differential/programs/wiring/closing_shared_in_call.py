"""Within the call everything shares the one resource."""

from dependency_injector import containers, providers
from dependency_injector.wiring import Closing, Provide, inject


def session():
    yield object()


class App(containers.DeclarativeContainer):
    session = providers.Resource(session)
    users = providers.Factory(dict, session=session)
    orders = providers.Factory(dict, session=session)


@inject
def work(session=Closing[Provide[App.session]], users=Provide[App.users], orders=Provide["orders"]):
    print(users["session"] is session, orders["session"] is session, app.session() is session)


app = App()
app.wire([__name__])
work()
print(app.session.initialized)
app.unwire()
