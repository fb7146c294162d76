"""Markers may name providers by strings, dotted into nested containers and options."""

from dependency_injector import containers, providers
from dependency_injector.wiring import Provide, Provider, inject


class Gateways(containers.DeclarativeContainer):
    mail = providers.Factory(dict, kind="mail")


class App(containers.DeclarativeContainer):
    config = providers.Configuration()
    gateways = providers.Container(Gateways)
    name = providers.Object("ann")


@inject
def work(
    name=Provide["name"],
    mail=Provide["gateways.mail"],
    port=Provide["config.web.port"],
    make=Provider["gateways.mail"],
):
    return name, mail, port, make()


app = App(config={"web": {"port": "80"}})
app.wire([__name__])
print(work())
app.unwire()
