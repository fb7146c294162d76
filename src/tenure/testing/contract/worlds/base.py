"""What a world is: where a check runs, and what it can do there."""

import gc
import threading
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import AbstractAsyncContextManager, AbstractContextManager
from typing import Any, ClassVar, Protocol, TypeAlias

Main: TypeAlias = Callable[[], Coroutine[Any, Any, None]]


class Hangs(Exception):  # noqa: N818  # an answer, not an error
    """Nothing can happen any more, or nothing did for too long."""


class Job(Protocol):
    """A task that a check has started; its errors stay in it."""

    value: Any
    error: BaseException | None
    was_cancelled: bool

    @property
    def is_done(self) -> bool:
        """Whether it has ended."""
        ...

    def cancel(self) -> object:
        """Cancel it; may be called more than once."""
        ...

    async def wait(self) -> None:
        """Wait until it has ended."""
        ...


class Group(Protocol):
    """Starts tasks."""

    def start(self, function: Callable[..., Awaitable[Any]], *args: Any) -> Job:
        """Run ``function(*args)`` in a task of its own."""
        ...


class World:
    """
    Where a check runs.

    Attributes:
        name: "sync", "asyncio", "uvloop" or "trio".
        is_virtual: whether its clock jumps to the next timer as soon as nothing else can happen.
        second: how long one second of a check is, in seconds.
    """

    name: ClassVar[str]
    is_async: ClassVar[bool] = True
    is_virtual: ClassVar[bool] = True
    second: ClassVar[float] = 1.0

    def run(self, main: Main) -> None:
        """
        Run *main*; whatever is left running afterwards is ended.

        Raises:
            Hangs: it cannot come to its end.
        """
        raise NotImplementedError

    def now(self) -> float:
        """Return the time, in seconds of a check."""
        raise NotImplementedError

    def who(self) -> str:
        """Return the name of the running task."""
        return threading.current_thread().name

    def event(self) -> Any:
        """Return an event with `set` and an async `wait`."""
        raise NotImplementedError

    async def checkpoint(self) -> None:
        """Let others run."""
        raise NotImplementedError

    async def sleep(self, seconds: float) -> None:
        """Wait *seconds* of a check."""
        raise NotImplementedError

    def tasks(self) -> AbstractAsyncContextManager[Group]:
        """Return a context manager that gives a `Group`, and at its end waits for the tasks."""
        raise NotImplementedError

    def cancelled(self) -> AbstractContextManager[Callable[[], object]]:
        """Return a context manager for code that is to be cancelled; it gives what cancels it, and ends that."""
        raise NotImplementedError

    def n_tasks(self) -> int:
        """Return how many tasks there are beside those of the check."""
        raise NotImplementedError

    def n_objects(self) -> int:
        """Return how many objects there are, less those that the world itself takes its time to forget."""
        gc.collect()
        return len(gc.get_objects())

    async def settle(self) -> None:
        """Let every task run until it waits for something."""
        for _ in range(30):
            await self.checkpoint()
