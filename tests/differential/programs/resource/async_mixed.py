"""Synchronous and asynchronous resources live in one container."""

import asyncio

from dependency_injector import containers, providers

log = []


def plain():
    log.append("open plain")
    yield "plain"
    log.append("close plain")


async def waiting():
    log.append("open waiting")
    yield "waiting"
    log.append("close waiting")


class App(containers.DeclarativeContainer):
    plain = providers.Resource(plain)
    waiting = providers.Resource(waiting)


async def main():
    app = App()
    await app.init_resources()
    print(app.plain(), await app.waiting(), sorted(log))
    await app.shutdown_resources()
    print(sorted(log))


asyncio.run(main())
