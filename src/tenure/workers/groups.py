"""A task beside a generator: a task group that may stand open across the `yield` of a resource with an owner task."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, Protocol

from tenure.lifecycle.backends import current


class CrashedError(Exception):
    """Raised in the task to cancel the owner of the group, and caught around it: the error itself is elsewhere."""


class Beside(Protocol):
    """The task."""

    def cancel(self) -> object:
        """Ask it to stop."""
        ...


Open = Callable[[Callable[[], Awaitable[None]], str], Beside]
"""Starts a function as a task of a name."""


@asynccontextmanager
async def group() -> AsyncIterator[Open]:
    """
    Give a function that starts a task; wait for it at the end, and cancel the body if it raises `CrashedError`.

    Raises:
        BaseException: what the body raised.
    """
    opened = _trio_group() if current().name == "trio" else _asyncio_group()
    try:
        async with opened as start:
            yield start
    except BaseExceptionGroup as error:
        _, others = error.split(CrashedError)
        if others is not None:
            raise others from None


@asynccontextmanager
async def _asyncio_group() -> AsyncIterator[Open]:
    import asyncio  # noqa: PLC0415 - heavy; it runs already

    async with asyncio.TaskGroup() as tasks:

        def start(function: Callable[[], Awaitable[None]], name: str) -> Beside:
            async def run() -> None:
                await function()

            return tasks.create_task(run(), name=name)

        yield start


class _TrioTask:
    def __init__(self, scope: Any) -> None:
        self._scope = scope

    def cancel(self) -> None:
        self._scope.cancel()


@asynccontextmanager
async def _trio_group() -> AsyncIterator[Open]:
    import trio  # noqa: PLC0415 - an optional extra; it runs already

    async with trio.open_nursery() as nursery:

        def start(function: Callable[[], Awaitable[None]], name: str) -> Beside:
            scope = trio.CancelScope()

            async def run() -> None:
                with scope:
                    await function()

            nursery.start_soon(run, name=name)
            return _TrioTask(scope)

        yield start
