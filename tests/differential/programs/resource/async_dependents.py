"""What is first made before its asynchronous resource is open is awaited, then and later."""

import asyncio

from dependency_injector import containers, providers


class Service:
    def __init__(self, link, name):
        self.link = link
        self.name = name


async def connect():
    yield "link"


class App(containers.DeclarativeContainer):
    link = providers.Resource(connect)
    service = providers.Factory(Service, link, name="users")
    single = providers.Singleton(Service, link=link, name="single")


async def main():
    app = App()
    single, service = app.single(), app.service()
    print((await single).link, (await service).name)
    one, two = await app.service(), await app.service(name="other")
    print(one.link, one.name, two.name, one is two)
    print(await app.single() is await app.single(), (await app.single()).link)
    await app.shutdown_resources()


asyncio.run(main())
