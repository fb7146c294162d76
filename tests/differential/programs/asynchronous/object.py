"""An object provider in asynchronous mode gives an awaitable."""

import asyncio

from dependency_injector import providers

value = providers.Object(5)
value.enable_async_mode()
user = providers.Factory(dict, value=value)


async def main():
    print(await value(), await user())


asyncio.run(main())
