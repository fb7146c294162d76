"""The provider marker injects the provider."""

from dependency_injector import containers, providers
from dependency_injector.wiring import Provide, Provider, inject


class App(containers.DeclarativeContainer):
    ticket = providers.Factory(dict, kind="ticket")
    single = providers.Singleton(list)


@inject
def sell(make=Provider[App.ticket], also=Provide[App.ticket.provider], single=Provider["single"]):
    return make(number=1), also(number=2), single() is single()


app = App()
app.wire([__name__])
print(sell())
app.unwire()
