"""Asynchronous resources can be opened and closed by type."""

import asyncio

from dependency_injector import containers, providers


class Early(providers.Resource):
    pass


async def open_one(name):
    print("open", name)
    yield name
    print("close", name)


class App(containers.DeclarativeContainer):
    early = Early(open_one, "early")
    late = providers.Resource(open_one, "late")


async def main():
    app = App()
    await app.init_resources(Early)
    print(app.early.initialized, app.late.initialized)
    await app.init_resources()
    await app.shutdown_resources(Early)
    await app.shutdown_resources()


asyncio.run(main())
