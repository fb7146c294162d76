"""A singleton whose asynchronous dependency fails is made at the next call."""

import asyncio

from dependency_injector import providers

attempts = []


async def token():
    attempts.append(1)
    await asyncio.sleep(0)
    if len(attempts) == 1:
        raise TimeoutError("first")
    return "secret"


client = providers.Singleton(dict, token=providers.Coroutine(token))


async def main():
    try:
        await client()
    except TimeoutError as error:
        print("failed", error)
    print(await client(), await client() is await client(), len(attempts))


asyncio.run(main())
