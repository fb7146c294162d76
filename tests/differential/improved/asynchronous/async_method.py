"""
`async_` gives an awaitable whatever is provided.

theirs:
    not awaitable
ours:
    awaited
"""

import asyncio

from dependency_injector import providers


async def main():
    try:
        print(await providers.Object("awaited").async_())
    except TypeError:
        print("not awaitable")


asyncio.run(main())
