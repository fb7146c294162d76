"""Independent asynchronous resources open and close side by side."""

import asyncio

from dependency_injector import containers, providers

log = []


async def open_one(name):
    log.append("opening")
    await asyncio.sleep(0.01)
    log.append("open")
    yield name
    log.append("closing")
    await asyncio.sleep(0.01)
    log.append("closed")


class App(containers.DeclarativeContainer):
    one = providers.Resource(open_one, 1)
    two = providers.Resource(open_one, 2)
    three = providers.Resource(open_one, 3)


async def main():
    app = App()
    await app.init_resources()
    await app.shutdown_resources()
    print(log)


asyncio.run(main())
