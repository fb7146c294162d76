"""An asynchronous generator opens and closes."""

import asyncio

from dependency_injector import containers, providers


async def pool(size):
    print("open", size)
    await asyncio.sleep(0)
    yield size
    await asyncio.sleep(0)
    print("close", size)


class App(containers.DeclarativeContainer):
    workers = providers.Resource(pool, size=3)


async def main():
    app = App()
    await app.init_resources()
    print(await app.workers(), app.workers.initialized)
    await app.shutdown_resources()
    print(app.workers.initialized)


asyncio.run(main())
