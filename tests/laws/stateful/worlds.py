"""Where operations of a machine run: plain Python, asyncio and trio, each with several tasks that live on between."""

import asyncio
import contextvars
from collections.abc import Callable
from typing import Any

from tests.laws.stateful.going import Going, Operation
from tests.laws.stateful.loops import VirtualLoop
from tests.laws.stateful.trio_world import TrioWorld


class SyncWorld:
    """Plain Python: an operation is a coroutine that never waits."""

    name, is_async, n_tasks = "sync", False, 1

    def __init__(self) -> None:
        self._context = contextvars.copy_context()

    def begin(self, task: int, operation: Operation, is_whole: bool = False) -> Going:
        """Run *operation* to its end."""
        going = Going()
        self._context.run(_drive, going, operation)
        return going

    def settle(self) -> None:
        """Nothing goes on by itself."""

    def close(self) -> list[str]:
        """Return what is left over."""
        return []


def _drive(going: Going, operation: Operation) -> None:
    coroutine = going.run(operation)
    try:
        coroutine.send(None)
    except StopIteration:
        return
    coroutine.close()
    raise AssertionError("synchronous code waits")


class AsyncioWorld:
    """asyncio in virtual time: each task lives as long as the machine and runs one operation after the other."""

    name, is_async, n_tasks = "asyncio", True, 3

    def __init__(self) -> None:
        self.loop = VirtualLoop()
        self._boxes = [[] for _ in range(self.n_tasks)]  # type: list[list[Any]]
        self._wakes: list[asyncio.Event] = [asyncio.Event() for _ in range(self.n_tasks)]
        self._tasks = [
            self.loop.create_task(self._live(number), context=contextvars.copy_context())
            for number in range(self.n_tasks)
        ]
        self.loop.settle()

    async def _live(self, number: int) -> None:
        wake, box = self._wakes[number], self._boxes[number]
        while True:
            await wake.wait()
            wake.clear()
            operation, going = box.pop()
            if operation is None:
                return
            going.cancel = self._tasks[number].cancel
            await going.run(operation)

    def begin(self, task: int, operation: Operation, is_whole: bool = False) -> Going:
        """Let *task* begin *operation*; one that *is_whole* leaves nothing entered."""
        going = Going()
        self._boxes[task].append((operation, going))
        self._wakes[task].set()
        return going

    def settle(self) -> None:
        """Run until every task waits."""
        self.loop.settle()

    def advance(self, seconds: float) -> None:
        """Let virtual time pass."""
        self.loop.advance(seconds)

    def event(self) -> Any:
        """Return an event."""
        return asyncio.Event()

    def release(self, event: Any) -> None:
        """Set *event*."""
        event.set()

    async def checkpoint(self) -> None:
        """Let others run."""
        await asyncio.sleep(0)

    def close(self) -> list[str]:
        """End every task; return what is left over."""
        for task in range(self.n_tasks):
            self._boxes[task].append((None, None))
            self._wakes[task].set()
        self.settle()
        left = [f"the task {task.get_name()}" for task in asyncio.all_tasks(self.loop)] + self.loop.complaints
        self.loop.close()
        return left


WORLDS: dict[str, Callable[[], Any]] = {"sync": SyncWorld, "asyncio": AsyncioWorld, "trio": TrioWorld}
