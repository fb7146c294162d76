"""What a coroutine provider returns can be handed to asyncio.run and create_task."""

import asyncio

from dependency_injector import providers


async def add(one, two):
    return one + two


total = providers.Coroutine(add, 1, two=2)
print(asyncio.run(total()))


async def main():
    task = asyncio.get_running_loop().create_task(total(two=5))
    print(await task)


asyncio.run(main())
