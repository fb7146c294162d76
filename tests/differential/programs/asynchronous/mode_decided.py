"""The first call decides about a provider's mode."""

import asyncio

from dependency_injector import providers


async def fetch():
    return 1


plain = providers.Factory(dict, a=1)
waiting = providers.Factory(dict, a=providers.Coroutine(fetch))


async def main():
    plain()
    print(plain.is_async_mode_undefined(), plain.is_async_mode_disabled())
    await waiting()
    print(waiting.is_async_mode_enabled())


asyncio.run(main())
