"""A coroutine provider returns a coroutine to await."""

import asyncio

from dependency_injector import providers


async def fetch(url, retries=1):
    await asyncio.sleep(0)
    return f"{url} after {retries}"


page = providers.Coroutine(fetch, "example.org", retries=2)


async def main():
    print(await page())
    print(await page(retries=3))
    print(sorted(await asyncio.gather(page(), page(retries=5))))


asyncio.run(main())
