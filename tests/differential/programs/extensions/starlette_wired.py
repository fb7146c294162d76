"""A FastAPI application with a lifespan serves views that are injected with the resources."""

from dependency_injector import containers, providers
from dependency_injector.ext.starlette import Lifespan
from dependency_injector.wiring import Provide, inject
from fastapi import APIRouter, Depends, FastAPI
from fastapi.testclient import TestClient

router = APIRouter()


async def connect():
    yield "connection"


@router.get("/")
@inject
async def index(link=Depends(Provide["link"])):
    return {"link": link}


class App(containers.DeclarativeContainer):
    __self__ = providers.Self()
    link = providers.Resource(connect)
    lifespan = providers.Singleton(Lifespan, __self__)
    web = providers.Singleton(FastAPI, lifespan=lifespan)
    _routes = providers.Resource(web.provided.include_router.call(), router)


app = App()
app.wire([__name__])
with TestClient(app.web()) as client:
    print(client.get("/").json(), app.link.initialized)
print(app.link.initialized)
app.unwire()
