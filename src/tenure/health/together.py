"""
Run async functions at the same time, each within a limit that holds whatever they do.

Each one runs in a task of its own: what does not stop when it is cancelled (a thread that trio waits for, a shield) is
left behind, not waited for. Knows the backends; knows no resource.
"""

from collections.abc import Awaitable, Callable, Sequence
from contextvars import copy_context
from typing import Generic, TypeVar

from tenure.lifecycle.backends import current
from tenure.lifecycle.latch import Latch

T = TypeVar("T")


class Late(Exception):  # noqa: N818 - nobody's error: the limit was reached
    """What was to be done within a limit was not."""


class Begun(Generic[T]):
    """An async function that runs in a task of its own, in a copy of the context of whoever began it."""

    def __init__(self, function: Callable[[], Awaitable[T]]) -> None:
        self._function = function
        self._ended = Latch()
        self._results: list[T] = []
        self._error: BaseException | None = None
        self._job = current().spawn(self._run, copy_context(), "tenure health check")

    async def _run(self) -> None:
        try:
            self._results.append(await self._function())
        except BaseException as error:  # noqa: BLE001 - it belongs to whoever waits; a task of trio's own may not raise
            self._error = error
        finally:
            self._ended.set()

    async def ended(self) -> None:
        """Wait for the function to end."""
        await self._ended.wait()

    async def result(self) -> T:
        """Wait for the function to end; return what it returned, raise what it raised."""
        await self.ended()
        error, self._error = self._error, None
        if error is None:
            return self._results[0]
        if current().is_cancellation(error):  # by whoever else holds the task; the one that waits here is not cancelled
            raise RuntimeError("cancelled from elsewhere") from error
        raise error

    def leave(self) -> None:
        """Cancel the function if it still runs, without waiting for its end."""
        if not self._ended.is_set:
            self._job.cancel()


async def all_of(functions: Sequence[Callable[[], Awaitable[T]]]) -> list[T]:
    """Call all *functions* at the same time and return what they gave, in their order."""
    begun = [Begun(function) for function in functions]
    try:
        return [await one.result() for one in begun]
    finally:
        for one in begun:
            one.leave()


async def within(limit_s: float | None, function: Callable[[], Awaitable[T]]) -> T:
    """
    Return what *function* gives.

    Raises:
        Late: it did not end within *limit_s* seconds and was cancelled; a TimeoutError of its own is raised as it is.
    """
    begun = Begun(function)
    try:
        if limit_s is not None:
            await _end_within(limit_s, begun)
        return await begun.result()
    finally:
        begun.leave()


async def _end_within(limit_s: float, begun: Begun[T]) -> None:
    try:
        async with current().limit(limit_s):
            await begun.ended()
    except TimeoutError:
        raise Late from None
