"""Asynchronous mode can be switched on, off and back to undecided."""

import asyncio

from dependency_injector import providers

number = providers.Factory(int, "5")


def state():
    return number.is_async_mode_enabled(), number.is_async_mode_disabled(), number.is_async_mode_undefined()


async def main():
    print(state())
    print(number(), state())
    number.enable_async_mode()
    print(await number(), state())
    number.disable_async_mode()
    print(number(), state())
    number.reset_async_mode()
    print(state())


asyncio.run(main())
