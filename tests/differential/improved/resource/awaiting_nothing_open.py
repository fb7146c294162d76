"""
Asynchronous resources that are not open can be closed with `await`.

theirs:
    cannot be awaited
ours:
    awaited
"""

import asyncio

from dependency_injector import containers, providers


async def connect():
    yield "link"


class App(containers.DeclarativeContainer):
    link = providers.Resource(connect)


async def main():
    try:
        await App().shutdown_resources()
        print("awaited")
    except TypeError:
        print("cannot be awaited")


asyncio.run(main())
