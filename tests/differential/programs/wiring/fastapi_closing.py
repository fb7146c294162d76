"""A resource with the closing marker lives for one request."""

from dependency_injector import containers, providers
from dependency_injector.wiring import Closing, Provide, inject
from fastapi import Depends, FastAPI
from fastapi.testclient import TestClient

numbers = iter(range(10))


async def session():
    number = next(numbers)
    print("open", number)
    yield number
    print("close", number)


class App(containers.DeclarativeContainer):
    session = providers.Resource(session)


web = FastAPI()


@web.get("/")
@inject
async def view(session: int = Depends(Closing[Provide[App.session]])):
    return {"session": session}


app = App()
app.wire([__name__])
client = TestClient(web)
print(client.get("/").json(), client.get("/").json(), app.session.initialized)
app.unwire()
