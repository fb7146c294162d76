"""trio, on a clock that jumps."""

from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

import trio
import trio.testing
from trio._core import _run as scheduling

from tests.laws.faults.nodes import Subject
from tests.laws.faults.plain import AsyncWorld
from tests.laws.faults.recording import Run
from tests.laws.faults.uses import Use

STUCK_S = 1e6
"""Seconds on a virtual clock after which a run is given up."""


class _Unmoved:
    """Stands for trio's dice: tasks that are ready run in order of birth (trio takes them from the end)."""

    def shuffle(self, batch: list[Any]) -> None:
        batch.reverse()

    def uniform(self, low: float, high: float) -> float:
        return low


class TrioWorld(AsyncWorld):
    """trio; all runs of a search inside one `trio.run`."""

    name = backend = "trio"

    def clock(self) -> float:
        return trio.current_time()

    def close(self) -> None:
        """Nothing is held."""

    def drive(self, search: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Run *search* on a clock that jumps, tasks in the same order each time."""
        before = scheduling._ALLOW_DETERMINISTIC_SCHEDULING, scheduling._r
        scheduling._ALLOW_DETERMINISTIC_SCHEDULING, scheduling._r = True, _Unmoved()
        try:
            trio.run(search, clock=trio.testing.MockClock(autojump_threshold=0))
        finally:
            scheduling._ALLOW_DETERMINISTIC_SCHEDULING, scheduling._r = before

    async def perform(self, use: Use, subject: Subject, run: Run) -> None:
        """Do *use* once; tell *run* what came of it."""
        subject.stage.checkpoint, subject.stage.forever = self.pause, trio.sleep_forever
        with trio.move_on_after(STUCK_S) as guard, trio.CancelScope() as scope:
            run.cancel = scope.cancel
            await self._kept(use, subject, run)
        run.is_stuck = guard.cancelled_caught
        run.is_cancelled = scope.cancelled_caught
        run.remains += await self._settled()

    async def _kept(self, use: Use, subject: Subject, run: Run) -> None:
        try:
            await use.code(self, subject, run)
        except BaseException as error:
            run.left.append(error)
            if _is_cancelled(error):
                raise

    async def _settled(self) -> list[str]:
        for _ in range(10):
            left = _system_tasks()
            if not left:
                break
            await trio.lowlevel.checkpoint()
        return [f"a task: {name}" for name in left]

    async def pause(self) -> None:
        await trio.lowlevel.checkpoint()

    async def together(self, functions: list[Callable[[], Awaitable[None]]]) -> None:
        async with trio.open_nursery() as nursery:
            for function in functions:
                nursery.start_soon(function)


def _is_cancelled(error: BaseException) -> bool:
    if isinstance(error, BaseExceptionGroup):
        return error.split(trio.Cancelled)[0] is not None
    return isinstance(error, trio.Cancelled)


def _system_tasks() -> list[str]:
    root = trio.lowlevel.current_root_task()
    nurseries = root.child_nurseries if root is not None else []
    return [task.name for each in nurseries for task in each.child_tasks if task.name.startswith("tenure")]
