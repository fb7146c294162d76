"""Call a worker's function, and decide what its crash means: on a loop or on a thread of its own."""

import random
import time
from collections.abc import Awaitable, Callable
from typing import Any

from tenure.lifecycle.backends import current
from tenure.workers.handle import Worker
from tenure.workers.policy import Intensity, Policy
from tenure.workers.stop import Stop, run_stop


class Supervisor:
    """
    Runs one worker.

    Args:
        worker: what is told of it.
        call: takes nothing and runs the user's function; asynchronous for `run`.
        policy: what a crash means.
        stop: requested when its container closes it; ends the wait before a restart.

    Attributes:
        fatal: the error that the application fails with, None where it need not.
    """

    __slots__ = ("_call", "_intensity", "_policy", "_stop", "fatal", "worker")

    def __init__(self, worker: Worker, call: Callable[[], Any], policy: Policy, stop: Stop) -> None:
        self.worker: Worker = worker
        self.fatal: BaseException | None = None
        self._call = call
        self._policy = policy
        self._stop = stop
        self._intensity = Intensity(policy)

    async def run(self) -> None:
        """
        Call it on the running loop, as often as the policy says.

        Raises:
            BaseException: a cancellation; never a crash, see `fatal`.
        """
        backend = current()
        while self.worker.runs():
            try:
                await _awaitable(self._call())
            except BaseException as error:
                if backend.is_cancellation(error):
                    self.worker.ends()
                    raise
                delay_s = self._after(error, _now(backend))
            else:
                self.worker.ends()
                return
            if delay_s is None:
                return
            await _wait(self._stop, backend, delay_s)
        self.worker.ends()

    def run_sync(self) -> None:
        """Call it on this thread, as often as the policy says; raises nothing."""
        while self.worker.runs():
            try:
                self._call()
            except BaseException as error:  # noqa: BLE001 - it has no caller but the container, which gets `fatal`
                delay_s = self._after(error, time.monotonic())
            else:
                self.worker.ends()
                return
            if delay_s is None:
                return
            self._stop.wait_sync(delay_s)
        self.worker.ends()

    def _after(self, error: BaseException, now: float) -> float | None:
        """Decide what the crash *error* at *now* means; return the seconds until the next call, or None."""
        on_crash = self._policy.on_crash
        if on_crash == "ignore" and isinstance(error, Exception):
            self.worker.ends(error, is_told=True)
            return None
        is_worth_it = on_crash == "restart" and isinstance(error, Exception) and not self.worker.is_stopping
        if is_worth_it and self._intensity.crashed(now):
            delay_s = self._intensity.delay_s(random.random())  # noqa: S311 - jitter needs no secrecy
            self.worker.waits(error, delay_s)
            return delay_s
        is_late = self.worker.is_stopping
        self.worker.ends(error)
        self.fatal = error
        if not is_late:
            _fail_run(error)
        return None


def _awaitable(made: Any) -> Awaitable[Any]:
    return made  # type: ignore[no-any-return]  # a coroutine function gave it


def _now(backend: Any) -> float:
    return float(backend.now())


async def _wait(stop: Stop, backend: Any, seconds: float) -> None:
    try:
        async with backend.limit(seconds):
            await stop.wait()
    except TimeoutError:
        return


def _fail_run(error: BaseException) -> None:
    """Let the run that it is part of end with *error*."""
    stop = run_stop()
    if stop is not None:
        stop.request(error)
