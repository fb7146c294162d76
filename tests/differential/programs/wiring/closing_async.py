"""Closing works in coroutine functions and with asynchronous resources."""

import asyncio

from dependency_injector import containers, providers
from dependency_injector.wiring import Closing, Provide, inject

numbers = iter(range(10))


async def session():
    number = next(numbers)
    print("open", number)
    yield number
    print("close", number)


class App(containers.DeclarativeContainer):
    session = providers.Resource(session)


@inject
async def work(session=Closing[Provide[App.session]]):
    await asyncio.sleep(0)
    print("work with", session)


async def main():
    app = App()
    app.wire([__name__])
    await work()
    await work()
    print(app.session.initialized)
    app.unwire()


asyncio.run(main())
