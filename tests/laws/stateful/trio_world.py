"""Where operations of a machine run on trio."""

import threading
from typing import Any

import trio
import trio.testing

from tests.laws.stateful.going import Going, Operation


class TrioWorld:
    """
    trio with a mock clock, in a thread of its own that runs only while this one waits.

    A baton goes to and fro: the run is as deterministic as trio's own schedule.
    """

    name, is_async, n_tasks = "trio", True, 3

    def __init__(self) -> None:
        self._clock = trio.testing.MockClock()
        self._go, self._paused = threading.Semaphore(0), threading.Semaphore(0)
        self._orders: list[tuple[int, Operation, Going, bool]] = []
        self._released: list[Any] = []
        self._is_over = False
        self._failure: BaseException | None = None
        self.left: list[str] = []
        self._thread = threading.Thread(target=self._run, name="stateful trio", daemon=True)
        self._thread.start()
        self._wait()

    def _run(self) -> None:
        try:
            trio.run(self._main, clock=self._clock)
        except BaseException as error:
            self._failure = error
        self._is_over = True
        self._paused.release()

    async def _main(self) -> None:
        before = _tasks_of_the_library()
        async with trio.open_nursery() as nursery:
            sends = []
            for number in range(self.n_tasks):
                send, receive = trio.open_memory_channel[Any](100)
                sends.append(send)
                nursery.start_soon(self._live, receive, name=f"user {number}")
            while not self._is_over:
                await trio.testing.wait_all_tasks_blocked()
                self._paused.release()
                self._go.acquire()
                for task, *order in self._orders:  # given while this thread waited
                    sends[task].send_nowait(order)
                self._orders.clear()
                for event in self._released:
                    event.set()
                self._released.clear()
            for send in sends:
                send.close()
            await trio.testing.wait_all_tasks_blocked()
            nursery.cancel_scope.cancel()  # what still waits now waits for ever
        self.left = [f"the task {task.name}" for task in _tasks_of_the_library() - before]

    async def _live(self, receive: Any) -> None:
        async for operation, going, is_whole in receive:
            if is_whole:
                with trio.CancelScope() as scope:
                    going.cancel = lambda scope=scope: self._released.append(_Cancel(scope))  # type: ignore[misc]
                    await _run_in_trio(going, operation)
            else:
                await _run_in_trio(going, operation)  # entering a container may open a cancel scope that stays
            going.is_done = True

    def _wait(self) -> None:
        if not self._paused.acquire(timeout=10):
            raise AssertionError("trio hangs")
        if self._failure is not None:
            raise self._failure

    def begin(self, task: int, operation: Operation, is_whole: bool = False) -> Going:
        """Let *task* begin *operation*; one that *is_whole* leaves nothing entered, and may be cancelled."""
        going = Going()
        self._orders.append((task, operation, going, is_whole))
        return going

    def settle(self) -> None:
        """Run until every task waits."""
        self._go.release()
        self._wait()

    def advance(self, seconds: float) -> None:
        """Let virtual time pass."""
        self._clock.jump(seconds)
        self.settle()

    def event(self) -> Any:
        """Return an event."""
        return trio.Event()

    def release(self, event: Any) -> None:
        """Set *event* when the world goes on."""
        self._released.append(event)

    async def checkpoint(self) -> None:
        """Let others run."""
        await trio.lowlevel.checkpoint()

    def close(self) -> list[str]:
        """End every task; return what is left over."""
        self._is_over = True
        self._go.release()
        self._wait()
        self._thread.join(10)
        return self.left


class _Cancel:
    """Cancels a scope where an event would be set."""

    def __init__(self, scope: trio.CancelScope) -> None:
        self.set = scope.cancel


async def _run_in_trio(going: Going, operation: Operation) -> None:
    try:
        going.value = await operation()
    except trio.Cancelled as error:
        going.error = error
        raise
    except BaseException as error:
        going.error = error


def _tasks_of_the_library() -> set[Any]:
    root = trio.lowlevel.current_root_task()
    nurseries = root.child_nurseries if root is not None else []
    return {task for nursery in nurseries for task in nursery.child_tasks if task.name.startswith("tenure")}
