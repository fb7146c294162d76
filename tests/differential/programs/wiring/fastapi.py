"""FastAPI views are injected through its own dependencies."""

from typing import Annotated

from dependency_injector import containers, providers
from dependency_injector.wiring import Provide, inject
from fastapi import Depends, FastAPI
from fastapi.testclient import TestClient


async def connect():
    return "link"


class App(containers.DeclarativeContainer):
    name = providers.Object("ann")
    link = providers.Coroutine(connect)


web = FastAPI()


@web.get("/plain/{number}")
@inject
async def plain(number: int, name: str = Depends(Provide[App.name]), link: str = Depends(Provide[App.link])):
    return {"number": number, "name": name, "link": link}


@web.get("/annotated")
@inject
def annotated(name: Annotated[str, Depends(Provide[App.name])]):
    return {"name": name}


app = App()
app.wire([__name__])
client = TestClient(web)
print(client.get("/plain/5").json(), client.get("/annotated").json())
with app.name.override("bob"):
    print(client.get("/plain/6").json())
app.unwire()
