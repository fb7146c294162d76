"""What was awaited once is awaited for good, whatever changes elsewhere in the container."""

import asyncio

from dependency_injector import containers, providers


async def connect():
    yield "link"


class App(containers.DeclarativeContainer):
    link = providers.Resource(connect)
    service = providers.Factory(dict, link=link)
    name = providers.Object("name")
    page = providers.Factory(dict, name=name)


async def main():
    app = App()
    print(await app.service())
    with app.name.override("other"):
        print(app.page(), await app.service())
    app.page.add_kwargs(number=1)
    print(app.page(), await app.service())
    await app.shutdown_resources()
    print(await app.service())
    await app.shutdown_resources()


asyncio.run(main())
