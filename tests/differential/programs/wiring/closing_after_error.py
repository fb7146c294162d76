"""The resource of a call is closed when its function raises, and the error goes on."""

from dependency_injector import containers, providers, resources
from dependency_injector.wiring import Closing, Provide, inject


class Session(resources.Resource):
    def init(self):
        print("open")
        return "session"

    def shutdown(self, resource):
        print("close", resource)


class App(containers.DeclarativeContainer):
    session = providers.Resource(Session)


@inject
def work(session=Closing[Provide[App.session]]):
    raise LookupError(session)


app = App()
app.wire([__name__])
try:
    work()
except LookupError as error:
    print("failed", error, app.session.initialized)
app.unwire()
