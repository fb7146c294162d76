"""Asynchronous dependencies may lie at any depth."""

import asyncio

from dependency_injector import containers, providers


async def fetch():
    return "token"


class App(containers.DeclarativeContainer):
    token = providers.Coroutine(fetch)
    client = providers.Singleton(dict, token=token)
    repository = providers.Factory(dict, client=client)
    service = providers.Factory(dict, repository=repository, name="service")


async def main():
    app = App()
    print(await app.service())
    one, two = await app.service(), await app.service()
    print(one["repository"]["client"] is two["repository"]["client"], one is two)


asyncio.run(main())
