"""Asynchronous resources close before what they are made from."""

import asyncio

from dependency_injector import containers, providers


async def open_one(name, below=None):
    print("open", name, below)
    yield name
    await asyncio.sleep(0)
    print("close", name)


class App(containers.DeclarativeContainer):
    base = providers.Resource(open_one, "base")
    middle = providers.Resource(open_one, "middle", below=base)
    top = providers.Resource(open_one, "top", below=middle)


async def main():
    app = App()
    await app.init_resources()
    await app.shutdown_resources()


asyncio.run(main())
