"""asyncio: edge cancellation, so a wait that must end is waited for again after each cancel."""

import asyncio
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import AbstractAsyncContextManager, AbstractContextManager, asynccontextmanager, nullcontext
from contextvars import Context
from typing import Any, cast

from tenure.lifecycle.backends.anyio_scopes import is_cancelled_around
from tenure.lifecycle.backends.base import Job, LimitReachedError, Region, Wake


class _TaskJob:
    """An owner task."""

    __slots__ = ("_task",)

    def __init__(self, task: asyncio.Task[None]) -> None:
        self._task: Any = task

    def cancel(self) -> None:
        """Ask it to stop."""
        self._task.cancel()

    def shield(self) -> None:
        """Nothing to do: nobody else knows the task."""


class _TaskRegion:
    """A region around the rest of a task: edge cancellation, taken back when it ends."""

    __slots__ = ("_n_before", "_task", "_was_cancelled")

    def __init__(self, task: Any, n_before: int) -> None:
        self._task: Any = task
        self._n_before = n_before
        self._was_cancelled = False

    def cancel(self) -> None:
        """Cancel the task once."""
        self._was_cancelled = True
        self._task.cancel()

    @property
    def n_cancellations(self) -> int:
        """What `Task.cancelling` says."""
        return int(self._task.cancelling())

    def drop(self) -> None:
        """Nothing to do: there is nothing to leave."""

    async def end(self, error: BaseException | None) -> BaseException | None:
        """Take the cancellation back, which may not have reached the body yet."""
        if not self._was_cancelled or asyncio.current_task() is not self._task:
            return error
        if not isinstance(error, asyncio.CancelledError):
            try:
                await asyncio.sleep(0)
            except asyncio.CancelledError as late:
                error = error or late
        task: Any = self._task
        is_own = task.uncancel() <= self._n_before
        return None if is_own and isinstance(error, asyncio.CancelledError) else error


class AsyncioBackend:
    """asyncio, and whatever runs its loop (uvloop among them)."""

    name = "asyncio"
    cancels_by_level = False

    def __init__(self) -> None:
        self._jobs: set[asyncio.Task[None]] = set()  # the loop holds tasks weakly; an owner must not be collected

    def token(self) -> asyncio.AbstractEventLoop:
        """Return the running loop."""
        return asyncio.get_running_loop()

    def task(self) -> Any:
        """Return the running task."""
        return asyncio.current_task()

    def describe(self, token: Any) -> str:
        """Return the loop as text, with whether it still lives."""
        state = "a closed" if token.is_closed() else "the"
        return f"{state} asyncio loop {id(token):#x}"

    def is_dead(self, token: Any) -> bool:
        """Tell whether the loop is closed."""
        return bool(token.is_closed())

    def is_cancellation(self, error: BaseException) -> bool:
        """Tell whether *error* is a CancelledError."""
        return isinstance(error, asyncio.CancelledError)

    def now(self) -> float:
        """Return the time of the running loop, in seconds."""
        return asyncio.get_running_loop().time()

    async def sleep(self, seconds: float) -> None:
        """Pause the running task."""
        await asyncio.sleep(seconds)

    def limit(self, seconds: float) -> AbstractAsyncContextManager[Any]:
        """Return `asyncio.timeout(seconds)` with an error of its own."""
        return _limit(seconds)

    def is_cancelled_around(self) -> bool:
        """Tell whether a scope of anyio's around the running task is cancelled; plain asyncio knows no such state."""
        return is_cancelled_around()

    def shield(self) -> AbstractContextManager[Any]:
        """
        Return anyio's shield where anyio is loaded: its scopes cancel a task again and again until they are left.

        Plain asyncio cancels once, which needs no shield.
        """
        anyio = sys.modules.get("anyio")
        if anyio is None:
            return nullcontext()
        return cast("AbstractContextManager[Any]", anyio.CancelScope(shield=True))

    def region(self) -> Region:
        """Begin a region of the running task."""
        task: Any = asyncio.current_task()
        return _TaskRegion(task, task.cancelling())

    def late_region(self, task: Any) -> Region:
        """Return what would be the region of *task* if it had begun before its first cancellation."""
        return _TaskRegion(task, 0)

    def waiter(self) -> tuple[Wake, Callable[[], Awaitable[None]]]:
        """Return a wait on a future of the running loop, and what ends it from any thread."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[None] = loop.create_future()

        def finish() -> None:
            if not future.done():
                future.set_result(None)

        def wake() -> None:
            if asyncio._get_running_loop() is loop:  # noqa: SLF001 - the documented cheap form
                finish()
            elif not loop.is_closed():
                loop.call_soon_threadsafe(finish)

        async def wait() -> None:
            if not future.done():
                await asyncio.wait((future,))  # leaves the future alone when the waiter is cancelled

        return wake, wait

    async def wait_out(self, wait: Callable[[], Awaitable[None]], seconds: float | None) -> BaseException | None:
        """Wait again after each cancel, inside a shield once one came; give the last one back."""
        saved: BaseException | None = None
        loop = asyncio.get_running_loop()
        end = None if seconds is None else loop.time() + seconds
        while True:
            try:
                with nullcontext() if saved is None else self.shield():
                    async with asyncio.timeout_at(end):
                        await wait()
            except asyncio.CancelledError as error:
                saved = error
            except TimeoutError:
                return saved
            else:
                return saved

    def spawn(self, function: Callable[[], Awaitable[None]], context: Context, name: str) -> Job:
        """Start a task that only Tenure knows."""
        coroutine = cast("Coroutine[Any, Any, None]", function())
        task = asyncio.get_running_loop().create_task(coroutine, name=name, context=context)
        self._jobs.add(task)
        task.add_done_callback(self._jobs.discard)
        return _TaskJob(task)


@asynccontextmanager
async def _limit(seconds: float) -> AsyncIterator[None]:
    limit = asyncio.timeout(seconds)
    try:
        async with limit:
            yield
    except TimeoutError as error:
        if limit.expired():
            raise LimitReachedError from error.__cause__
        raise
