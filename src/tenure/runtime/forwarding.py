"""Stand in for an async generator: what is sent, thrown and closed reaches the one behind."""

from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractAsyncContextManager
from typing import Any

Behind = Callable[..., AbstractAsyncContextManager[AsyncGenerator[Any, Any]]]


def forwarding(behind: Behind) -> Callable[..., AsyncGenerator[Any, Any]]:
    """
    Return an async generator function that stands in for another one.

    Args:
        behind: called with the same arguments; its context is open as long as the stand-in runs, and gives the async
            generator that does the work, which is closed before the context is left.
    """

    async def stand_in(*args: Any, **kwargs: Any) -> AsyncGenerator[Any, Any]:
        async with behind(*args, **kwargs) as generator:
            try:
                step = generator.asend(None)
                while True:
                    try:
                        item = await step
                    except StopAsyncIteration:
                        return
                    try:
                        sent = yield item
                    except GeneratorExit:
                        raise
                    except BaseException as error:  # noqa: BLE001 - thrown in by the consumer: the one behind decides
                        step = generator.athrow(error)
                    else:
                        step = generator.asend(sent)
            finally:
                await generator.aclose()

    return stand_in
