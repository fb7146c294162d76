"""A delegated coroutine is injected as the provider."""

import asyncio

from dependency_injector import errors, providers


async def ping(host):
    return f"pong {host}"


check = providers.DelegatedCoroutine(ping)
monitor = providers.Factory(dict, check=check)
delegate = providers.CoroutineDelegate(providers.Coroutine(ping, "delegate"))


async def main():
    print(monitor()["check"] is check, await monitor()["check"]("one"))
    print(await delegate()())


asyncio.run(main())
try:
    providers.CoroutineDelegate(providers.Callable(print))
except errors.Error:
    print("refused")
