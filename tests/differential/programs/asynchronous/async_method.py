"""`async_` calls a provider whose value is awaited, under a name of its own."""

import asyncio

from dependency_injector import providers


async def fetch(value="fetched"):
    return value


class Client:
    def __init__(self, name):
        self.name = name


async def main():
    waiting = providers.Coroutine(fetch)
    print(await waiting.async_(), await waiting.async_("given"))
    print(await providers.Factory(dict, value=waiting).async_(other=1))
    print(await providers.List(waiting, 2).async_())
    print((await providers.Singleton(Client, waiting).async_()).name)


asyncio.run(main())
