"""Keywords are forwarded to asynchronous dependencies."""

import asyncio

from dependency_injector import providers


async def connect(host="localhost", port=1):
    return f"{host}:{port}"


client = providers.Factory(dict, link=providers.Coroutine(connect), name="x")


async def main():
    print(await client(link__host="remote"), await client(link__port=5, name="y"))


asyncio.run(main())
