"""
What is sent or thrown into a wired asynchronous generator reaches it.

theirs:
    got None
    ended by GeneratorExit
ours:
    got sent
    ended by KeyError
"""

import asyncio

from dependency_injector import containers, providers
from dependency_injector.wiring import Provide, inject


class App(containers.DeclarativeContainer):
    name = providers.Object("ann")


@inject
async def talk(name=Provide[App.name]):
    try:
        print("got", (yield name))
        yield "again"
    except BaseException as error:
        print("ended by", type(error).__name__)
        raise


async def main():
    app = App()
    app.wire([__name__])
    generator = talk()
    await anext(generator)
    await generator.asend("sent")
    try:
        await generator.athrow(KeyError("thrown"))
    except KeyError:
        await asyncio.sleep(0)
    await generator.aclose()
    app.unwire()


asyncio.run(main())
