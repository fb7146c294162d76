"""
Calls that overlap have resources of their own, and the first that ends closes no other's.

theirs:
    opened 1, shared True, closed too early True
ours:
    opened 2, shared False, closed too early False
"""

import asyncio

from dependency_injector import containers, providers
from dependency_injector.wiring import Closing, Provide, inject


class Session:
    is_open = True


opened = []


async def session():
    opened.append(Session())
    mine = opened[-1]
    yield mine
    mine.is_open = False


class App(containers.DeclarativeContainer):
    session = providers.Resource(session)


@inject
async def request(wait_until, done, session=Closing[Provide[App.session]]):
    done.set()
    await wait_until.wait()
    return session, session.is_open


async def main():
    app = App()
    app.wire([__name__])
    now, one_runs, other_runs, later = (asyncio.Event() for _ in range(4))
    one = asyncio.create_task(request(now, one_runs))
    other = asyncio.create_task(request(later, other_runs))
    await one_runs.wait()
    await other_runs.wait()
    now.set()
    first, _ = await one
    later.set()
    try:
        second, is_open = await other
    except TypeError:  # their closing of what is closed already, before Python 3.12
        second, is_open = first, False
    print(f"opened {len(opened)}, shared {first is second}, closed too early {not is_open}")
    app.unwire()


asyncio.run(main())
