"""A synchronous provider may be overridden by an asynchronous one, before it was called."""

import asyncio

from dependency_injector import providers


async def fetch():
    return "fetched"


source = providers.Object("plain")
page = providers.Factory(dict, source=source)
source.override(providers.Coroutine(fetch))


async def main():
    print(await page())


asyncio.run(main())
