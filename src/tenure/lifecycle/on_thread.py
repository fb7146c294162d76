"""Synchronous closings with a limit of their own: on a thread that can be abandoned."""

import threading
from typing import Any

from tenure.lifecycle.backends import LimitReachedError
from tenure.lifecycle.effects import Steps, drive
from tenure.lifecycle.latch import Latch
from tenure.lifecycle.unraisable import report
from tenure.lifecycle.waiting import place_of_thread


class OnThread:
    """
    Synchronous *steps* on a daemon thread of their own, which can be abandoned after *seconds* (L62).

    Raises `LimitReachedError` then; the thread neither blocks the loop nor the end of the process.
    """

    __slots__ = ("_done", "_error", "_is_abandoned", "_result", "label", "seconds", "steps")

    def __init__(self, steps: Steps[Any], seconds: float, label: str) -> None:
        self.label: str = label
        self._is_abandoned = False
        self.steps: Steps[Any] = steps
        self.seconds: float = seconds
        self._done = Latch()
        self._result: Any = None
        self._error: BaseException | None = None

    def _run(self) -> None:
        try:
            self._result = drive(self.steps)
        except BaseException as error:  # noqa: BLE001 - raised where the close was asked for
            self._error = error
            if self._is_abandoned:
                report(error, f"{self.label} failed to close after it was given up", self)
        finally:
            self._done.set()

    def _start(self) -> threading.Thread:
        thread = threading.Thread(target=self._run, name="tenure close", daemon=True)
        thread.start()
        return thread

    def _outcome(self, thread: threading.Thread) -> Any:
        if not self._done.is_set:
            self._is_abandoned = True
            raise LimitReachedError(place_of_thread(thread.ident))
        if self._error is not None:
            raise self._error
        return self._result

    def block(self) -> Any:
        """Wait on this thread, at most *seconds*."""
        thread = self._start()
        thread.join(self.seconds)
        return self._outcome(thread)

    async def wait(self) -> Any:
        """Wait on the running loop, at most *seconds*, whoever cancels."""
        thread = self._start()
        cancelled = await self._done.wait_out(self.seconds)
        result = self._outcome(thread)
        if cancelled is not None:
            raise cancelled
        return result
