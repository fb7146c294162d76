"""
What is first called when all that it needs is open gives a plain value, and goes on doing so.

theirs:
    Service is awaitable: True
    Single is awaitable: True
ours:
    Service is awaitable: False
    Single is awaitable: False
"""

import asyncio
import inspect

from dependency_injector import containers, providers


async def connect():
    yield "link"


class App(containers.DeclarativeContainer):
    link = providers.Resource(connect)
    service = providers.Factory(dict, link=link)
    single = providers.Singleton(dict, link=link)


async def main():
    app = App()
    await app.link()
    for name, provider in (("Service", app.service), ("Single", app.single)):
        value = provider()
        print(name, "is awaitable:", inspect.isawaitable(value))
        if inspect.isawaitable(value):
            await value
    await app.shutdown_resources()


asyncio.run(main())
