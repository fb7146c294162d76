"""Tasks that run side by side have their own context-local values."""

import asyncio

from dependency_injector import containers, providers

numbers = iter(range(10))


async def session():
    yield next(numbers)


class App(containers.DeclarativeContainer):
    session = providers.ContextLocalResource(session)


app = App()


async def request():
    mine = await app.session()
    await asyncio.sleep(0)
    again = await app.session()
    await app.session.shutdown()
    return mine == again, app.session.initialized, mine


async def main():
    results = await asyncio.gather(request(), request(), request())
    print([each[:2] for each in results], sorted(each[2] for each in results))


asyncio.run(main())
