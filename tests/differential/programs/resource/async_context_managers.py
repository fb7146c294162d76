"""Asynchronous context managers, decorated or classes, are entered and left."""

import asyncio
from contextlib import asynccontextmanager

from dependency_injector import containers, providers


@asynccontextmanager
async def transaction(name):
    print("begin", name)
    yield name.upper()
    print("end", name)


class Channel:
    def __init__(self, number):
        self.number = number

    async def __aenter__(self):
        print("enter", self.number)
        return self

    async def __aexit__(self, *error):
        print("exit", self.number, error)


class App(containers.DeclarativeContainer):
    work = providers.Resource(transaction, "orders")
    channel = providers.Resource(Channel, 1)


async def main():
    app = App()
    print(await app.work.async_(), (await app.channel.async_()).number)
    await app.channel.shutdown()
    await app.work.shutdown()


asyncio.run(main())
