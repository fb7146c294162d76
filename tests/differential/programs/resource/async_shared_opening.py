"""Many that wait for a resource at once share one opening, those that wait for what is made of it too."""

import asyncio

from dependency_injector import containers, providers

opened = []


async def connect():
    opened.append(1)
    await asyncio.sleep(0.01)
    return object()


class App(containers.DeclarativeContainer):
    link = providers.Resource(connect)
    service = providers.Factory(dict, link=link)


async def main():
    app = App()
    links = [app.link() for _ in range(4)]
    services = [app.service() for _ in range(4)]
    links, services = await asyncio.gather(*links), await asyncio.gather(*services)
    print(len(opened), len({id(each) for each in links}), all(each["link"] is links[0] for each in services))
    await app.shutdown_resources()


asyncio.run(main())
