"""A selector chooses among asynchronous providers."""

import asyncio

from dependency_injector import providers


async def fetch(value):
    return value


config = providers.Configuration()
choice = providers.Selector(config.kind, one=providers.Coroutine(fetch, 1), two=providers.Coroutine(fetch, 2))


async def main():
    config.kind.override("one")
    print(await choice())
    config.kind.override("two")
    print(await choice())


asyncio.run(main())
