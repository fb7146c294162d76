"""trio, on a virtual clock."""

import contextlib
import gc
import math
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import Any, ClassVar

import trio
import trio.testing

from tenure.testing.contract.worlds.base import Group, Hangs, Main, World

FOREVER_S = 1e6
IDLE_S = 0.01
"""How long nothing happens before the clock jumps: a thread may have an answer in hand."""


class Job:
    """A task of a check."""

    def __init__(self) -> None:
        self.value: Any = None
        self.error: BaseException | None = None
        self.was_cancelled: bool = False
        self.scope: trio.CancelScope = trio.CancelScope()
        self._done = trio.Event()

    @property
    def is_done(self) -> bool:
        """Whether it has ended."""
        return self._done.is_set()

    def cancel(self) -> object:
        """Cancel it."""
        return self.scope.cancel()

    async def wait(self) -> None:
        """Wait until it has ended."""
        await self._done.wait()

    async def run(self, function: Callable[..., Awaitable[Any]], args: tuple[Any, ...]) -> None:
        """Run the function, keeping what it gives or raises."""
        try:
            with self.scope:
                await self._run(function, args)
        finally:
            self.was_cancelled = self.was_cancelled or self.scope.cancelled_caught
            self._done.set()

    async def _run(self, function: Callable[..., Awaitable[Any]], args: tuple[Any, ...]) -> None:
        try:
            self.value = await function(*args)
        except trio.Cancelled as error:
            self.was_cancelled, self.error = True, error
            raise
        except BaseExceptionGroup as group:
            self.error = group
            ours, _ = group.split(trio.Cancelled)
            if ours is not None:
                raise ours from None
        except BaseException as error:  # noqa: BLE001  # the check decides what it means
            self.error = error


class _Tasks:
    def __init__(self, nursery: trio.Nursery) -> None:
        self._nursery = nursery

    def start(self, function: Callable[..., Awaitable[Any]], *args: Any) -> Job:
        job = Job()
        self._nursery.start_soon(job.run, function, args, name="check")
        return job


class Trio(World):
    """trio on a virtual clock."""

    name: ClassVar[str] = "trio"

    def run(self, main: Main) -> None:
        """Run *main*."""
        trio.run(self._limited, main, clock=trio.testing.MockClock(autojump_threshold=IDLE_S))

    async def _limited(self, main: Main) -> None:
        with trio.move_on_after(FOREVER_S) as limit:
            await main()
        if limit.cancelled_caught:
            raise Hangs

    def now(self) -> float:
        """Return the time, in seconds of a check."""
        try:
            return trio.current_time()
        except RuntimeError:
            return math.nan

    def who(self) -> str:
        """Return the name of the running task."""
        try:
            task = trio.lowlevel.current_task()
        except RuntimeError:
            return super().who()
        return f"{task.name.rpartition('.')[2]} {id(task) % 997}"

    def event(self) -> Any:
        """Return an event."""
        return trio.Event()

    async def checkpoint(self) -> None:
        """Let others run."""
        await trio.lowlevel.checkpoint()

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        await trio.sleep(seconds)

    @contextlib.asynccontextmanager
    async def tasks(self) -> AsyncIterator[Group]:
        """Give a group; wait for its tasks."""
        async with trio.open_nursery() as nursery:
            yield _Tasks(nursery)

    @contextlib.contextmanager
    def cancelled(self) -> Iterator[Callable[[], object]]:
        """Give what cancels the code inside; the cancellation ends here."""
        with trio.CancelScope() as scope:
            yield scope.cancel

    def n_objects(self) -> int:
        """Return how many objects there are; trio keeps deadlines that are past, a thousand at most."""
        gc.collect()
        return sum(type(each) not in (trio.CancelScope, tuple) for each in gc.get_objects())

    def n_tasks(self) -> int:
        """Return how many tasks there are beside those of the check."""
        root = trio.lowlevel.current_root_task()
        if root is None:
            return 0
        n_system = sum(len(nursery.child_tasks) for nursery in root.child_nurseries)
        mine = trio.lowlevel.current_task().child_nurseries
        return n_system + sum(1 for nursery in mine for task in nursery.child_tasks if task.name != "check")
