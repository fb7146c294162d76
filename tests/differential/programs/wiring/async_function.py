"""Coroutine functions are injected, with asynchronous providers awaited."""

import asyncio

from dependency_injector import containers, providers
from dependency_injector.wiring import Provide, inject


async def connect():
    await asyncio.sleep(0)
    return "link"


class App(containers.DeclarativeContainer):
    link = providers.Resource(connect)
    name = providers.Object("ann")
    total = providers.Coroutine(connect)


@inject
async def work(word, link=Provide[App.link], name=Provide[App.name], other=Provide[App.total]):
    await asyncio.sleep(0)
    return word, link, name, other


async def main():
    app = App()
    app.wire([__name__])
    print(await work("a"))
    print(await work("b", name="bob", link=None))
    app.unwire()
    await app.shutdown_resources()


asyncio.run(main())
