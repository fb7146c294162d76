"""A failing asynchronous opening raises where it is awaited, and can be tried again."""

import asyncio

from dependency_injector import containers, providers

attempts = []


async def connect():
    await asyncio.sleep(0)
    attempts.append(1)
    if len(attempts) < 2:
        raise ConnectionError("first time")
    return "link"


class App(containers.DeclarativeContainer):
    link = providers.Resource(connect)


async def main():
    app = App()
    try:
        await app.link()
    except ConnectionError as error:
        print(error, app.link.initialized)
    print(await app.link())
    await app.link.shutdown()


asyncio.run(main())
