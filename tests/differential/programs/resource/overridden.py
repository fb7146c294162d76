"""While a resource is overridden the other value is provided."""

from dependency_injector import containers, providers


def connect():
    print("connect")
    yield "real"
    print("disconnect")


class App(containers.DeclarativeContainer):
    link = providers.Resource(connect)
    service = providers.Factory(dict, link=link)


app = App()
with app.link.override(providers.Object("fake")):
    print(app.service())
print(app.service())
app.shutdown_resources()
