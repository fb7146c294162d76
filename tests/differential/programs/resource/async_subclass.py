"""A subclass of `resources.AsyncResource` opens by `init` and closes by `shutdown`."""

import asyncio

from dependency_injector import containers, providers, resources


class Storage(resources.AsyncResource):
    async def init(self, path, mode="r"):
        print("init", path, mode)
        return {"path": path}

    async def shutdown(self, resource):
        print("shutdown", resource)


class App(containers.DeclarativeContainer):
    storage = providers.Resource(Storage, "/data", mode="w")


async def main():
    app = App()
    await app.init_resources()
    print(await app.storage())
    await app.shutdown_resources()


asyncio.run(main())
