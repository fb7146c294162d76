"""A view of aiohttp is injected, whatever else it is given."""

import asyncio

from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from dependency_injector import containers, providers
from dependency_injector.wiring import Provide, inject


class App(containers.DeclarativeContainer):
    name = providers.Object("ann")


@inject
async def index(request, name=Provide[App.name]):
    return web.json_response({"name": name, "path": request.path})


async def main():
    app = App()
    app.wire([__name__])
    served = web.Application()
    served.add_routes([web.get("/", index)])
    async with TestClient(TestServer(served)) as client:
        response = await client.get("/")
        print(await response.json())
    app.unwire()


asyncio.run(main())
