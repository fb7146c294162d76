"""A call's awaitable arguments are passed as they are."""

import asyncio

from dependency_injector import providers


async def fetch(value):
    return value


holder = providers.Factory(lambda *args: args, providers.Coroutine(fetch, 1))


async def main():
    print(await holder(2), await holder("x", None))


asyncio.run(main())
