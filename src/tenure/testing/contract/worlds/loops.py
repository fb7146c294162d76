"""asyncio and uvloop."""

import asyncio
import contextlib
import math
import selectors
import threading
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import Any, ClassVar

from tenure.testing.contract.worlds.base import Group, Hangs, Main, World

LONGEST_S = 6.0
FOREVER_S = 1e6
"""On a virtual clock: so late that everything else has happened before."""


class _Selector(selectors.DefaultSelector):
    """Does not wait for timers: moves the clock of its loop instead."""

    skipped_s = 0.0
    n_threads = 0
    deadline = math.inf
    """On the real clock; how long a run may take at most."""

    def select(self, timeout: float | None = None) -> Any:
        if time.monotonic() > self.deadline:
            raise Hangs  # tasks that beget tasks never come to rest
        found = super().select(0)
        if found or timeout == 0:
            return found
        if threading.active_count() > self.n_threads:  # one of them may have an answer in hand
            found = super().select(0.02)
            if found:
                return found
        if timeout is not None:
            self.skipped_s += timeout
        return found


class VirtualLoop(asyncio.SelectorEventLoop):
    """An event loop whose clock jumps to the next timer when nothing else can happen."""

    def __init__(self) -> None:
        self._jumping = _Selector()
        self._jumping.n_threads = threading.active_count()
        self._jumping.deadline = time.monotonic() + LONGEST_S
        super().__init__(self._jumping)

    def time(self) -> float:
        """Return seconds since the loop was made, waits included that were skipped."""
        return self._jumping.skipped_s


class Job:
    """A task of a check."""

    def __init__(self) -> None:
        self.value: Any = None
        self.error: BaseException | None = None
        self.was_cancelled: bool = False
        self.is_done: bool = False
        self.task: asyncio.Task[None]

    def cancel(self) -> object:
        """Cancel it."""
        return self.task.cancel()

    async def wait(self) -> None:
        """Wait until it has ended."""
        await asyncio.wait([self.task])

    async def run(self, function: Callable[..., Awaitable[Any]], args: tuple[Any, ...]) -> None:
        """Run the function, keeping what it gives or raises; a cancellation leaves as it is."""
        try:
            self.value = await function(*args)
        except asyncio.CancelledError as error:
            self.was_cancelled, self.error = True, error
            raise
        except BaseException as error:  # noqa: BLE001  # the check decides what it means
            self.error = error
        finally:
            self.is_done = True

    def ended(self, task: asyncio.Task[None]) -> None:
        """Note a cancellation from before it began."""
        self.is_done = True
        if task.cancelled():
            self.was_cancelled = True


class _Tasks:
    def __init__(self) -> None:
        self.jobs: list[Job] = []

    def start(self, function: Callable[..., Awaitable[Any]], *args: Any) -> Job:
        job = Job()
        job.task = asyncio.get_running_loop().create_task(job.run(function, args))
        job.task.add_done_callback(job.ended)
        self.jobs.append(job)
        return job


class Asyncio(World):
    """asyncio on a virtual clock."""

    name: ClassVar[str] = "asyncio"

    def make_loop(self) -> asyncio.AbstractEventLoop:
        """Return a new event loop."""
        return VirtualLoop()

    def run(self, main: Main) -> None:
        """Run *main*."""
        loop = self.make_loop()
        asyncio.set_event_loop(loop)
        try:
            loop.run_until_complete(self._limited(main))
            loop.run_until_complete(loop.shutdown_asyncgens())
        finally:
            _end_all(loop)
            asyncio.set_event_loop(None)
            loop.close()

    async def _limited(self, main: Main) -> None:
        task = asyncio.ensure_future(main())
        limit = FOREVER_S if self.is_virtual else 5.0
        done, _ = await asyncio.wait([task], timeout=limit)
        if not done:
            raise Hangs
        await task

    def now(self) -> float:
        """Return the time, in seconds of a check."""
        try:
            return asyncio.get_running_loop().time() / self.second
        except RuntimeError:
            return 0.0

    def who(self) -> str:
        """Return the name of the running task."""
        try:
            task = asyncio.current_task()
        except RuntimeError:
            return super().who()
        return task.get_name() if task is not None else "(loop)"

    def event(self) -> Any:
        """Return an event."""
        return asyncio.Event()

    async def checkpoint(self) -> None:
        """Let others run."""
        await asyncio.sleep(0)

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        await asyncio.sleep(seconds * self.second)

    @contextlib.asynccontextmanager
    async def tasks(self) -> AsyncIterator[Group]:
        """Give a group; wait for its tasks."""
        group = _Tasks()
        try:
            yield group
        except BaseException:
            for job in group.jobs:
                job.cancel()
            if group.jobs:
                await asyncio.wait([job.task for job in group.jobs], timeout=self.second)
            raise
        for job in group.jobs:
            await asyncio.wait([job.task])

    @contextlib.contextmanager
    def cancelled(self) -> Iterator[Callable[[], object]]:
        """Give what cancels the running task; a cancellation ends here."""
        task = asyncio.current_task()
        if task is None:  # pragma: no cover - checks run in tasks
            raise RuntimeError("not in a task")
        before = task.cancelling()
        try:
            yield task.cancel
        except asyncio.CancelledError:
            pass
        finally:
            while task.cancelling() > before:
                task.uncancel()

    def n_tasks(self) -> int:
        """Return how many tasks there are beside those of the check."""
        return sum(not task.done() and not _is_own(task) for task in asyncio.all_tasks())


class Uvloop(Asyncio):
    """uvloop, on the real clock."""

    name: ClassVar[str] = "uvloop"
    is_virtual: ClassVar[bool] = False
    second: ClassVar[float] = 0.02

    def make_loop(self) -> asyncio.AbstractEventLoop:
        """Return a new event loop."""
        import uvloop  # noqa: PLC0415  # an extra

        loop: asyncio.AbstractEventLoop = uvloop.new_event_loop()
        return loop


def _is_own(task: asyncio.Task[Any]) -> bool:
    code = getattr(task.get_coro(), "cr_code", None)
    return code is not None and code.co_filename.startswith(__file__.rpartition("worlds")[0])


def _end_all(loop: asyncio.AbstractEventLoop) -> None:
    """Cancel what still runs, some times; then leave it."""
    for _ in range(3):
        left = asyncio.all_tasks(loop)
        if not left:
            return
        for task in left:
            task.cancel()
        with contextlib.suppress(BaseException):
            loop.run_until_complete(asyncio.wait(left, timeout=0.05))
