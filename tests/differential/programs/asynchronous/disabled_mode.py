"""With asynchronous mode disabled an awaitable is injected as it is."""

import asyncio
import inspect

from dependency_injector import providers


async def fetch():
    return 1


number = providers.Coroutine(fetch)
number.disable_async_mode()
holder = providers.Factory(dict, number=number)
holder.disable_async_mode()


async def main():
    made = holder()
    print(inspect.isawaitable(made["number"]), await made["number"])


asyncio.run(main())
