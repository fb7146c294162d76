"""
Stand in for a generator: what is sent, thrown and closed reaches the one behind.

A scope that belongs to the generator is current only while the generator runs, never while it is suspended: its
consumer is not inside of it.
"""

import functools
from collections.abc import AsyncGenerator, Callable, Generator, Iterator
from contextlib import AbstractAsyncContextManager, AbstractContextManager, contextmanager
from typing import Any

from tenure.runtime.scope import Scope, current

Behind = Callable[..., AbstractAsyncContextManager[tuple[AsyncGenerator[Any, Any], Scope | None]]]
PlainBehind = Callable[..., AbstractContextManager[tuple[Generator[Any, Any, Any], Scope | None]]]


@contextmanager
def _inside(scope: Scope | None) -> Iterator[None]:
    if scope is None:
        yield
        return
    token = current.set(scope)
    try:
        yield
    finally:
        current.reset(token)


def forwarding(behind: Behind) -> Callable[..., AsyncGenerator[Any, Any]]:
    """
    Return an async generator function that stands in for another one.

    Args:
        behind: called with the same arguments; its context is open as long as the stand-in runs, and gives the async
            generator that does the work, which is closed before the context is left, and its scope, if it has one.
    """

    async def stand_in(*args: Any, **kwargs: Any) -> AsyncGenerator[Any, Any]:
        async with behind(*args, **kwargs) as (generator, scope):
            try:
                step = functools.partial(generator.asend, None)
                while True:
                    try:
                        with _inside(scope):
                            item = await step()
                    except StopAsyncIteration:
                        return
                    try:
                        sent = yield item
                    except GeneratorExit:
                        raise
                    except BaseException as error:  # noqa: BLE001 - thrown in by the consumer: the one behind decides
                        step = functools.partial(generator.athrow, error)
                    else:
                        step = functools.partial(generator.asend, sent)
            finally:
                with _inside(scope):
                    await generator.aclose()

    return stand_in


def plain_forwarding(behind: PlainBehind) -> Callable[..., Generator[Any, Any, Any]]:
    """Return a generator function that stands in for another one, as `forwarding` does."""

    def stand_in(*args: Any, **kwargs: Any) -> Generator[Any, Any, Any]:
        with behind(*args, **kwargs) as (generator, scope):
            try:
                step = functools.partial(generator.send, None)
                while True:
                    try:
                        with _inside(scope):
                            item = step()
                    except StopIteration as stop:
                        return stop.value
                    try:
                        sent = yield item
                    except GeneratorExit:
                        raise
                    except BaseException as error:  # noqa: BLE001 - thrown in by the consumer: the one behind decides
                        step = functools.partial(generator.throw, error)
                    else:
                        step = functools.partial(generator.send, sent)
            finally:
                with _inside(scope):
                    generator.close()

    return stand_in
