"""A provider marker injects a provider of an asynchronous value, to be awaited by the function."""

import asyncio

from dependency_injector import containers, providers
from dependency_injector.wiring import Provider, inject


async def connect(name="link"):
    return name


class App(containers.DeclarativeContainer):
    link = providers.Coroutine(connect)


@inject
async def work(link=Provider[App.link]):
    return await link(), await link("other")


async def main():
    app = App()
    app.wire([__name__])
    print(await work())
    app.unwire()


asyncio.run(main())
