"""A Flask view is injected for each request."""

from dependency_injector import containers, providers
from dependency_injector.wiring import Provide, inject
from flask import Flask


class App(containers.DeclarativeContainer):
    counter = providers.Callable(next, iter(range(10)))


@inject
def index(counter=Provide[App.counter]):
    return f"visit {counter}"


app = App()
app.wire([__name__])
web = Flask("shop")
web.add_url_rule("/", "index", index)
with web.test_client() as client:
    print(client.get("/").text, client.get("/").text)
app.unwire()
