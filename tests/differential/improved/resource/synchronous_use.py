"""
What is made of an asynchronous resource that is open is a value, not an awaitable.

theirs:
    awaitable
ours:
    {'link': 'link'}
"""

import asyncio
import inspect

from dependency_injector import containers, providers


async def connect():
    yield "link"


class App(containers.DeclarativeContainer):
    link = providers.Resource(connect)
    service = providers.Factory(dict, link=link)


async def main():
    app = App()
    await app.init_resources()
    service = app.service()
    print("awaitable" if inspect.isawaitable(service) else service)
    await app.shutdown_resources()


asyncio.run(main())
