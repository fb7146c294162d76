"""The life of a worker: context managers that start it, give its handle, and end it at its turn."""

import contextvars
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

from tenure.lifecycle.backends import current
from tenure.workers.groups import Beside, CrashedError, group
from tenure.workers.handle import Worker
from tenure.workers.policy import Policy
from tenure.workers.stop import Stop
from tenure.workers.supervising import Supervisor

Call = Callable[[Stop], Any]
"""Runs the user's function once, with everything injected; takes the stop that is its own."""


@asynccontextmanager
async def task_life(name: str, call: Call, policy: Policy, takes_stop: bool) -> AsyncIterator[Worker]:
    """
    Run *call* as a task until the body ends.

    Args:
        name: of the worker.
        call: gives an awaitable.
        policy: what a crash means, and how long it may take to end.
        takes_stop: whether it can end by itself; else it is cancelled at once.

    Raises:
        BaseException: at the end: the crash that the application has to fail with, or what it was shown.
    """
    worker, stop = Worker(name), Stop()
    supervisor = Supervisor(worker, lambda: call(stop), policy, stop)
    shown: BaseException | None = None
    async with group() as start:
        task = start(lambda: _supervised(supervisor), f"worker {name}")
        try:
            yield worker
        except BaseException as error:  # noqa: BLE001 - raised below, once the task has ended
            shown = error
        await _drain(worker, stop, task, policy.drain_timeout if takes_stop else 0.0)
    _conclude(supervisor, shown)


async def _supervised(supervisor: Supervisor) -> None:
    was_stopping = True
    try:
        await supervisor.run()
    finally:
        was_stopping = supervisor.worker.is_stopping
        supervisor.worker.is_over()
    if supervisor.fatal is not None and not was_stopping:
        raise CrashedError


async def _drain(worker: Worker, stop: Stop, task: Beside, seconds: float | None) -> None:
    """Tell it to stop, give it *seconds* to end (None: any number), then cancel it."""
    worker.stops()
    stop.request()
    if seconds is None:
        await worker.wait()
    elif seconds:
        try:
            async with current().limit(seconds):
                await worker.wait()
        except TimeoutError:
            worker.overruns(seconds)
    task.cancel()


@contextmanager
def thread_life(name: str, call: Call, policy: Policy) -> Iterator[Worker]:
    """
    Run *call* on a daemon thread of its own until the body ends.

    A thread cannot be cancelled: the closing waits until it has ended, and the limit of the resource abandons it (L62).

    Raises:
        BaseException: at the end: the crash that the application has to fail with, or what it was shown.
    """
    worker, stop = Worker(name), Stop()
    supervisor = Supervisor(worker, lambda: call(stop), policy, stop)
    context = contextvars.copy_context()

    def run() -> None:
        try:
            context.run(supervisor.run_sync)
        finally:
            worker.is_over()

    threading.Thread(target=run, name=f"worker {name}", daemon=True).start()
    shown: BaseException | None = None
    try:
        yield worker
    except BaseException as error:  # noqa: BLE001 - raised below, once the thread has ended
        shown = error
    worker.stops()
    stop.request()
    worker.wait_sync()
    _conclude(supervisor, shown)


def _conclude(supervisor: Supervisor, shown: BaseException | None) -> None:
    fatal, supervisor.fatal = supervisor.fatal, None
    leaving = shown if shown is not None else fatal
    if leaving is not None:
        try:
            raise leaving
        finally:
            del fatal, shown, leaving  # its traceback holds this frame (L16)
