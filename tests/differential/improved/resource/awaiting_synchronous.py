"""
Opening and closing all resources can be awaited whether or not anything in them is asynchronous.

theirs:
    init cannot be awaited
    shutdown cannot be awaited
    one cannot be awaited
ours:
    init awaited
    shutdown awaited
    one awaited
"""

import asyncio

from dependency_injector import containers, providers


class App(containers.DeclarativeContainer):
    link = providers.Resource(list)


async def attempt(name, act):
    try:
        await act()
        print(name, "awaited")
    except TypeError:
        print(name, "cannot be awaited")


async def main():
    app = App()
    await attempt("init", app.init_resources)
    await attempt("shutdown", app.shutdown_resources)
    await attempt("one", app.link.shutdown)


asyncio.run(main())
