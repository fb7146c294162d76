"""
A context-local resource whose asynchronous opening failed can be tried again.

theirs:
    failed
    failed
ours:
    failed
    link
"""

import asyncio

from dependency_injector import containers, providers

attempts = []


async def connect():
    await asyncio.sleep(0)
    attempts.append(1)
    if len(attempts) == 1:
        raise ConnectionError("first time")
    return "link"


class App(containers.DeclarativeContainer):
    link = providers.ContextLocalResource(connect)


async def main():
    app = App()
    for _ in range(2):
        try:
            print(await app.link())
            await app.link.shutdown()
        except ConnectionError:
            print("failed")


asyncio.run(main())
