"""A wired asynchronous generator gets its arguments."""

import asyncio

from dependency_injector import containers, providers
from dependency_injector.wiring import Provide, inject


async def fetch():
    return ["a", "b"]


class App(containers.DeclarativeContainer):
    words = providers.Coroutine(fetch)


@inject
async def each(prefix, words=Provide[App.words]):
    for word in words:
        yield prefix + word


async def main():
    app = App()
    app.wire([__name__])
    print([word async for word in each("-")])
    app.unwire()


asyncio.run(main())
