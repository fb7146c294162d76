"""The lifespan opens resources when an ASGI application starts, and closes them when it stops."""

from contextlib import asynccontextmanager

from dependency_injector import containers, providers
from dependency_injector.ext.starlette import Lifespan
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient


@asynccontextmanager
async def database():
    print("open database")
    yield "database"
    print("close database")


def cache():
    print("open cache")
    yield "cache"
    print("close cache")


async def index(request):
    return PlainTextResponse("served")


class App(containers.DeclarativeContainer):
    __self__ = providers.Self()
    database = providers.Resource(database)
    cache = providers.Resource(cache)
    lifespan = providers.Singleton(Lifespan, __self__)
    web = providers.Singleton(Starlette, lifespan=lifespan, routes=[Route("/", index)])


app = App()
app.cache()
with TestClient(app.web()) as client:
    print(client.get("/").text, app.database.initialized, app.cache.initialized)
    app.cache.shutdown()
print(app.database.initialized)
