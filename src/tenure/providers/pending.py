"""
What a provider gives when something has to be awaited first, and when there is nothing to await.

Both implement the coroutine protocol, so that `asyncio.run`, `create_task` and `gather` take them; both may be awaited
more than once.
"""

import warnings
from collections.abc import Callable, Coroutine, Generator
from typing import Any, Generic, TypeVar

from tenure.lifecycle.latch import Latch

T = TypeVar("T")


class Pending(Coroutine[Any, Any, T], Generic[T]):
    """
    A value that has to be awaited; made once, however often it is awaited.

    Args:
        what: what is awaited, for messages.
        begin: gives the coroutine that makes the value; called when it is first awaited.
    """

    __slots__ = ("__weakref__", "_begin", "_done", "_running", "_value", "_what")

    def __init__(self, what: str, begin: Callable[[], Coroutine[Any, Any, T]]) -> None:
        self._what: str = what
        self._begin: Callable[[], Coroutine[Any, Any, T]] | None = begin
        self._running: Coroutine[Any, Any, T] | None = None
        self._done: Latch | None = None
        self._value: Any = None

    def __repr__(self) -> str:
        return f"<{self._what}, {'to be awaited' if self._begin is not None else 'done'}>"

    def __del__(self) -> None:
        """Say that nothing happened, as a coroutine that was never awaited does."""
        if getattr(self, "_begin", None) is not None and self._done is None and self._what:
            warnings.warn(f"{self._what} was never awaited", RuntimeWarning, stacklevel=2, source=self)

    def __await__(self) -> Generator[Any, Any, T]:
        return self._outcome().__await__()

    async def _outcome(self) -> T:
        while self._begin is not None:  # a failure is not remembered: the next one tries again
            if self._done is None or self._done.is_set:
                await self._make(self._begin)
            else:
                await self._done.wait()
        value: T = self._value
        return value

    async def _make(self, begin: Callable[[], Coroutine[Any, Any, T]]) -> None:
        self._done = done = Latch()
        try:
            self._value = await begin()
            self._begin = None
        finally:
            done.set()

    def send(self, value: Any) -> Any:
        """Run until the next wait; see `types.CoroutineType.send`."""
        if self._running is None:
            self._running = self._outcome()
        return self._running.send(value)

    def throw(self, *error: Any) -> Any:
        """Raise *error* where it waits."""
        if self._running is None:
            self.excuse()  # a task that is cancelled before it began did not forget to await
            self._running = self._outcome()
        return self._running.throw(*error)

    def excuse(self) -> None:
        """Say nothing if nobody awaits it."""
        self._what = ""

    def close(self) -> None:
        """End it where it waits; nobody will await it."""
        self._begin = None
        if self._running is not None:
            self._running.close()


class Done(Coroutine[Any, Any, T], Generic[T]):
    """The result of work that was done without waiting; it may be awaited, and need not be."""

    __slots__ = ("_value",)

    def __init__(self, value: T) -> None:
        self._value: T = value

    def __await__(self) -> Generator[Any, Any, T]:
        return self._value
        yield  # a generator that never waits

    def send(self, value: Any) -> Any:
        """End at once; see `types.CoroutineType.send`."""
        raise StopIteration(self._value)

    def throw(self, *error: Any) -> Any:
        """Raise *error*."""
        raise error[0]

    def close(self) -> None:
        """Do nothing: it is done."""
