"""A dependency passes on an asynchronous value and checks its type."""

import asyncio

from dependency_injector import errors, providers


async def fetch(value):
    return value


number = providers.Dependency(instance_of=int)
number.override(providers.Coroutine(fetch, 5))
wrong = providers.Dependency(instance_of=int)
wrong.override(providers.Coroutine(fetch, "five"))


async def main():
    print(await number(), await providers.Factory(dict, number=number)())
    try:
        await wrong()
    except errors.Error:
        print("wrong type")


asyncio.run(main())
