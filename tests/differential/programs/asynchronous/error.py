"""An error in an asynchronous dependency arrives where the object is awaited."""

import asyncio

from dependency_injector import providers


async def fail():
    await asyncio.sleep(0)
    raise PermissionError("no")


page = providers.Factory(dict, token=providers.Coroutine(fail))


async def main():
    try:
        await page()
    except PermissionError as error:
        print("dependency", error)
    await providers.List(1, page)()


asyncio.run(main())
