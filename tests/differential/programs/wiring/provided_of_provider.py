"""Chains and converted options may stand in markers as providers."""

from dependency_injector import containers, providers
from dependency_injector.wiring import Provide, inject


class Service:
    limits = {"users": 3}

    def title(self, text):
        return text.title()


class App(containers.DeclarativeContainer):
    config = providers.Configuration()
    service = providers.Singleton(Service)


@inject
def use(
    limit=Provide[App.service.provided.limits["users"]],
    title=Provide[App.service.provided.title.call("sun rise")],
    port=Provide[App.config.port.as_int()],
    needed=Provide[App.config.port.required()],
):
    return limit, title, port, needed


app = App(config={"port": "80"})
app.wire([__name__])
print(use())
app.unwire()
