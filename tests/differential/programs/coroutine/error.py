"""An exception in the coroutine arrives where it is awaited."""

import asyncio

from dependency_injector import providers


async def connect():
    await asyncio.sleep(0)
    raise ConnectionRefusedError("no")


link = providers.Coroutine(connect)


async def main():
    pending = link()
    print("not yet run")
    await pending


asyncio.run(main())
