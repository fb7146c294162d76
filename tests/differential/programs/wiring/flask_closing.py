"""A Flask view with the closing marker opens and closes a resource for each request."""

from dependency_injector import containers, providers
from dependency_injector.wiring import Closing, Provide, inject
from flask import Flask, current_app


def session():
    print("open")
    yield object()
    print("close")


class App(containers.DeclarativeContainer):
    session = providers.Resource(session)


@inject
def index(session=Closing[Provide[App.session]]):
    return str(session is current_app.container.session())


app = App()
app.wire([__name__])
web = Flask("shop")
web.container = app
web.add_url_rule("/", "index", index)
with web.test_client() as client:
    print(client.get("/").text)
    print(client.get("/").text)
app.unwire()
