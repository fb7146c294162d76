"""Attributes may come from asynchronous providers."""

import asyncio

from dependency_injector import providers


class Page:
    pass


async def title():
    return "sun"


page = providers.Factory(Page).add_attributes(title=providers.Coroutine(title), number=1)


async def main():
    made = await page()
    print(made.title, made.number)


asyncio.run(main())
