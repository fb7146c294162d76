"""
Cancelling one that waits for a resource harms no other that waits for it.

theirs:
    other: CancelledError
ours:
    other: link
"""

import asyncio

from dependency_injector import containers, providers


async def connect():
    await asyncio.sleep(0.01)
    return "link"


class App(containers.DeclarativeContainer):
    link = providers.Resource(connect)


async def main():
    app = App()

    async def wait():
        return await app.link()

    one, other = asyncio.create_task(wait()), asyncio.create_task(wait())
    await asyncio.sleep(0)
    one.cancel()
    results = await asyncio.gather(one, other, return_exceptions=True)
    if results[1] == "link":
        print("other: link")
        await app.link.shutdown()
    else:
        print("other:", type(results[1]).__name__)


asyncio.run(main())
