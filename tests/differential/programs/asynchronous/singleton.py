"""A singleton of an asynchronous dependency is awaited each time and is one object."""

import asyncio

from dependency_injector import providers

made = []


class Client:
    def __init__(self, token):
        made.append(token)


async def token():
    await asyncio.sleep(0)
    return "secret"


for kind in (providers.Singleton, providers.ThreadSafeSingleton, providers.ThreadLocalSingleton):
    client = kind(Client, token=providers.Coroutine(token))

    async def main(client=client):
        first, second = await asyncio.gather(client(), client())
        return first is second, first is await client()

    print(kind.__name__, asyncio.run(main()), len(made))
