"""What a pool asks of an event loop many times a second, as cheaply as each library allows; the rest is `backends`."""

import functools
import sys
import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from tenure.lifecycle.backends import current
from tenure.pool.decisions.entry import Waiter


class Loop(ABC):
    """
    The loop that ran when the pool was opened.

    Attributes:
        token: what tells it from others.
        running: returns the token of the loop that runs in this thread, None where none does.
        who: returns the running task.
        now: returns the time of the loop, seconds.
    """

    __slots__ = ("now", "running", "token", "who")

    def __init__(
        self, token: Any, running: Callable[[], Any], who: Callable[[], Any], now: Callable[[], float]
    ) -> None:
        self.token: Any = token
        self.running: Callable[[], Any] = running
        self.who: Callable[[], Any] = who
        self.now: Callable[[], float] = now

    @abstractmethod
    def waiter(self, since: float) -> Waiter:
        """Return a wait of the running task; on the loop's own thread only."""

    @abstractmethod
    async def wait(self, waiter: Waiter, ends_at: float | None) -> None:
        """Wait until *waiter* is woken, or until *ends_at* on the loop's clock; may be cancelled."""

    @abstractmethod
    def send(self, function: Callable[[], None]) -> None:
        """Have *function* called on the loop; from any thread, nothing happens where it has ended."""


def loop_here() -> Loop:
    """Return the loop that runs in this thread; RuntimeError where none does."""
    return _Asyncio() if current().name == "asyncio" else _Trio()


class _Asyncio(Loop):
    __slots__ = ("_loop",)

    def __init__(self) -> None:
        import asyncio  # noqa: PLC0415 - runs already, or nobody would ask

        loop = asyncio.get_running_loop()
        self._loop: Any = loop
        has_own_time = type(loop).time is not asyncio.BaseEventLoop.time
        super().__init__(
            loop,
            asyncio._get_running_loop,  # noqa: SLF001 - the documented cheap form
            functools.partial(_current_task(asyncio), loop),
            loop.time if has_own_time else time.monotonic,
        )

    def waiter(self, since: float) -> Waiter:
        future = self._loop.create_future()
        return Waiter(functools.partial(_finish, future), since, future)

    async def wait(self, waiter: Waiter, ends_at: float | None) -> None:
        if ends_at is None:
            await waiter.gate
            return
        timer = self._loop.call_at(ends_at, waiter.wake)
        try:
            await waiter.gate
        finally:
            timer.cancel()

    def send(self, function: Callable[[], None]) -> None:
        with suppress(RuntimeError):  # it is closed
            self._loop.call_soon_threadsafe(function)


def _current_task(asyncio: Any) -> Callable[[Any], Any]:
    """Return the function of a loop that gives its running task: before Python 3.12 asyncio's own is no C function."""
    return asyncio.current_task if sys.version_info >= (3, 12) else asyncio.tasks._current_tasks.get  # type: ignore[no-any-return]  # noqa: SLF001 - the table that it looks into


def _finish(future: Any) -> None:
    if not future.done():
        future.set_result(None)


class _Trio(Loop):
    __slots__ = ("_trio",)

    def __init__(self) -> None:
        import trio  # noqa: PLC0415 - runs already, or nobody would ask

        lowlevel: Any = trio.lowlevel

        def running() -> Any:
            return lowlevel.current_trio_token() if lowlevel.in_trio_run() else None

        self._trio: Any = trio
        super().__init__(lowlevel.current_trio_token(), running, lowlevel.current_task, trio.current_time)

    def waiter(self, since: float) -> Waiter:
        event = self._trio.Event()
        return Waiter(event.set, since, event)

    async def wait(self, waiter: Waiter, ends_at: float | None) -> None:
        if ends_at is None:
            await waiter.gate.wait()
            return
        with self._trio.CancelScope(deadline=ends_at):
            await waiter.gate.wait()

    def send(self, function: Callable[[], None]) -> None:
        with suppress(self._trio.RunFinishedError):
            self.token.run_sync_soon(function)
