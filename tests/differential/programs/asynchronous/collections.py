"""Lists, dicts, callables and chains of asynchronous values are awaited."""

import asyncio

from dependency_injector import providers


async def fetch(value):
    await asyncio.sleep(0)
    return value


one = providers.Coroutine(fetch, "one")
listed = providers.List(one, 2, providers.Coroutine(fetch, 3))
table = providers.Dict(one=one, two=2)
called = providers.Callable(lambda word, times: word * times, one, times=2)
length = providers.Factory(dict, name=providers.Coroutine(fetch, "ann")).provided["name"].upper.call()


async def main():
    print(await listed(), await table(), await called(), await length())


asyncio.run(main())
