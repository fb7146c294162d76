"""A nested container is overridden by another container."""

from dependency_injector import containers, providers


class Gateways(containers.DeclarativeContainer):
    mail = providers.Object("mail")


class FakeGateways(containers.DeclarativeContainer):
    mail = providers.Object("fake mail")


class App(containers.DeclarativeContainer):
    gateways = providers.Container(Gateways)
    service = providers.Callable(str.upper, gateways.mail)


app = App()
print(app.service())
app.override_providers(gateways=FakeGateways())
print(app.service(), app.gateways.mail())
app.gateways.reset_last_overriding()
print(app.service())
print(App(gateways=providers.Container(FakeGateways)).service())
app.gateways.mail.override("direct")
print(app.service())
