"""A nested container's providers are overridden by a dict of names."""

from dependency_injector import containers, providers


class Gateways(containers.DeclarativeContainer):
    mail = providers.Object("mail")
    host = providers.Object("host")


class App(containers.DeclarativeContainer):
    gateways = providers.Container(Gateways, host=providers.Object("given"))
    both = providers.Callable("{} {}".format, gateways.mail, gateways.host)


print(App().both())
app = App()
with app.gateways.mail.override("other"):
    print(app.both())
print(app.both())
