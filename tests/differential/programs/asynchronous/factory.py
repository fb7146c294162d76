"""A factory of an asynchronous dependency gives an awaitable of the object."""

import asyncio

from dependency_injector import providers


class Client:
    def __init__(self, token, name="client"):
        self.token = token
        self.name = name


async def token():
    await asyncio.sleep(0)
    return "secret"


client = providers.Factory(Client, providers.Coroutine(token), name="one")


async def main():
    made = await client()
    print(type(made).__name__, made.token, made.name)
    print((await client(name="two")).name)
    many = await asyncio.gather(client(), client())
    print(many[0] is many[1])


asyncio.run(main())
