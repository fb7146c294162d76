"""A coroutine function opens a resource that is awaited."""

import asyncio

from dependency_injector import containers, providers

calls = []


async def connect(host):
    await asyncio.sleep(0)
    calls.append(host)
    return [host]


class App(containers.DeclarativeContainer):
    link = providers.Resource(connect, "db")


async def main():
    app = App()
    first = await app.link()
    print(first, await app.link() is first, app.link.initialized, calls)
    await app.link.shutdown()
    print(app.link.initialized)
    print(await app.link.init() is first, calls)
    await app.shutdown_resources()


asyncio.run(main())
