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


UNTOUCHED, BUSY, IDLE, OVER = range(4)
"""Where something awaited is: never awaited; being made; failed or excused, to be tried again; made or closed."""


class Awaited(Coroutine[Any, Any, T], Generic[T]):
    """A value that has to be awaited; made once, however often it is awaited. A subclass says how."""

    __slots__ = ("__weakref__", "_done", "_running", "_state", "_value")

    def __init__(self) -> None:
        self._state = UNTOUCHED
        self._running: Generator[Any, Any, T] | None = None
        self._done: Latch | None = None
        self._value: Any = None

    def _what(self) -> str:
        """Return what is awaited, for messages."""
        raise NotImplementedError

    def _making(self) -> Coroutine[Any, Any, T]:
        """Return the coroutine that makes the value."""
        raise NotImplementedError

    def __repr__(self) -> str:
        return f"<{self._what()}, {'done' if self._state == OVER else 'to be awaited'}>"

    def __del__(self) -> None:
        """Say that nothing happened, as a coroutine that was never awaited does."""
        if getattr(self, "_state", OVER) == UNTOUCHED:
            warnings.warn(f"{self._what()} was never awaited", RuntimeWarning, stacklevel=2, source=self)

    def __await__(self) -> Generator[Any, Any, T]:
        while self._state != OVER:  # a failure is not remembered: the next one tries again
            if self._state == BUSY:
                yield from self._joined().__await__()
                continue
            self._state = BUSY
            try:
                self._value = yield from self._making().__await__()
                self._state = OVER
            finally:
                self._finish()
        value: T = self._value
        return value

    def _finish(self) -> None:
        if self._state == BUSY:
            self._state = IDLE
        done, self._done = self._done, None  # after the state: see `_joined`
        if done is not None:
            done.set()

    async def _joined(self) -> None:
        """Wait until whoever makes it has ended."""
        done = self._done
        if done is None:
            done = self._done = Latch()
        if self._state == BUSY:  # else it ended before it could know of the latch
            await done.wait()

    def send(self, value: Any) -> Any:
        """Run until the next wait; see `types.CoroutineType.send`."""
        if self._running is None:
            self._running = self.__await__()
        return self._running.send(value)

    def throw(self, *error: Any) -> Any:
        """Raise *error* where it waits."""
        if self._running is None:
            self.excuse()  # a task that is cancelled before it began did not forget to await
            self._running = self.__await__()
        return self._running.throw(*error)

    def excuse(self) -> None:
        """Say nothing if nobody awaits it."""
        if self._state == UNTOUCHED:
            self._state = IDLE

    def close(self) -> None:
        """End it where it waits; nobody will await it."""
        self._state = OVER
        if self._running is not None:
            self._running.close()


class Pending(Awaited[T]):
    """
    What has to be awaited, whatever it is.

    Args:
        what: what is awaited, for messages.
        begin: gives the coroutine that makes the value; called when it is first awaited.
    """

    __slots__ = ("_begin", "_name")

    def __init__(self, what: str, begin: Callable[[], Coroutine[Any, Any, T]]) -> None:
        super().__init__()
        self._name: str = what
        self._begin: Callable[[], Coroutine[Any, Any, T]] | None = begin

    def _what(self) -> str:
        return self._name

    def _making(self) -> Coroutine[Any, Any, T]:
        assert self._begin is not None, "dropped at the end only"
        return self._begin()

    def _finish(self) -> None:
        if self._state == OVER:
            self._begin = None  # with whatever it holds
        super()._finish()


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
