"""A context-local singleton has one object for each context."""

import asyncio
import contextvars

from dependency_injector import providers

trace = providers.ContextLocalSingleton(list)


async def task(name):
    trace().append(name)
    await asyncio.sleep(0)
    trace().append("end")
    return trace()


async def main():
    print(await asyncio.gather(task("a"), task("b")))
    trace().append("main")
    inherited = await asyncio.create_task(task("child"))
    print(inherited is trace(), trace())


asyncio.run(main())
first = contextvars.Context().run(trace)
second = contextvars.Context().run(trace)
print(first is second, trace() is trace())
