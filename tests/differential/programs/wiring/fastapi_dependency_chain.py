"""FastAPI's own dependencies may be injected too, functions and `yield` dependencies."""

from typing import Annotated

from dependency_injector import containers, providers
from dependency_injector.wiring import Provide, inject
from fastapi import Depends, FastAPI
from fastapi.testclient import TestClient


class App(containers.DeclarativeContainer):
    config = providers.Configuration()
    greeter = providers.Factory("{} {{}}".format, config.word)


@inject
def greeting(name: str, greeter: Annotated[str, Depends(Provide[App.greeter])]):
    return greeter.format(name)


@inject
async def shout(text: Annotated[str, Depends(greeting)], mark: str = Depends(Provide["config.mark"])):
    return text.upper() + mark


web = FastAPI()


@web.get("/{name}")
async def view(text: Annotated[str, Depends(shout)]):
    return text


app = App(config={"word": "hello", "mark": "!"})
app.wire([__name__])
with TestClient(web) as client:
    print(client.get("/ann").json(), client.get("/bob").json())
app.unwire()
