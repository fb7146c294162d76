"""
When opening all resources fails, nothing goes on opening behind the caller's back.

theirs:
    failed: no
    opened later: True
    open: True
ours:
    failed: no
    opened later: False
    open: False
"""

import asyncio

from dependency_injector import containers, providers

opened = []


async def slow():
    await asyncio.sleep(0.02)
    opened.append("slow")
    yield "slow"


async def failing():
    await asyncio.sleep(0)
    raise ConnectionError("no")
    yield


class App(containers.DeclarativeContainer):
    slow = providers.Resource(slow)
    failing = providers.Resource(failing)


async def main():
    app = App()
    try:
        await app.init_resources()
    except ConnectionError as error:
        print("failed:", error)
    before = len(opened)
    await asyncio.sleep(0.05)
    print("opened later:", len(opened) > before)
    print("open:", app.slow.initialized)


asyncio.run(main())
