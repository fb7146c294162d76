"""`Worker`: what is injected where a worker is asked for, and how its misfortunes are told."""

import time
from typing import Any, Literal, TypeAlias

from tenure.events import Event
from tenure.lifecycle.latch import Latch
from tenure.lifecycle.unraisable import report
from tenure.live import Live
from tenure.record import record
from tenure.runtime.scope import current

State: TypeAlias = Literal["running", "waiting", "stopping", "ended", "failed"]


@record
class WorkerCrashed(Event):
    """A worker raised an exception, and the application goes on."""

    name: str
    """The worker, as it was declared."""
    error: BaseException
    n_restarts: int
    """How often it was restarted before."""
    delay_s: float | None
    """Seconds until it is called again; None: it is not."""


@record
class WorkerCancelled(Event):
    """A worker did not end in the time that it had for that, and is cancelled; its last job may be half done."""

    name: str
    """The worker, as it was declared."""
    drain_timeout_s: float
    """Seconds that it had from being told to stop."""


class Worker(Live):
    """
    A background task, or thread, that a container runs.

    Its container starts it and ends it; whoever has it may look at it, and depends on it: is closed before it.
    """

    __slots__ = ("__weakref__", "_done", "_engine", "_error", "_n_restarts", "_name", "_state")

    def __init__(self, name: str) -> None:
        self._name = name
        self._state: State = "running"
        self._n_restarts = 0
        self._error: BaseException | None = None
        self._done = Latch()
        scope = current.get()  # whoever opens a resource is inside the scope that will own it
        self._engine: Any = scope.engine if scope is not None else None

    def __repr__(self) -> str:
        return f"<Worker {self._name!r} {self._state}, {self._n_restarts} restarts>"

    @property
    def name(self) -> str:
        """Its name: that of the function unless it was given another."""
        return self._name

    @property
    def state(self) -> State:
        """
        What it does.

        "running"; "waiting" to be restarted; "stopping" once its container closes it; "ended", by itself or because it
        was told to; "failed": it crashed and is not restarted.
        """
        return self._state

    @property
    def n_restarts(self) -> int:
        """How often it was restarted."""
        return self._n_restarts

    @property
    def error(self) -> BaseException | None:
        """What its last crash raised, None if it never crashed."""
        return self._error

    async def wait(self) -> None:
        """Wait on the running loop until it runs no more, for whatever reason; may be cancelled."""
        await self._done.wait()

    def wait_sync(self) -> None:
        """Wait on this thread until it runs no more, for whatever reason."""
        self._done.block()

    # for those who supervise it

    def runs(self) -> bool:
        """Note that it is called; tell whether it should be: not once it was told to stop."""
        if self._state == "waiting":
            self._n_restarts += 1
            self._state = "running"
        return self._state == "running"

    def waits(self, error: BaseException, delay_s: float) -> None:
        """Note that *error* ended it, and that it is called again after *delay_s* seconds."""
        self._error = error
        self._state = "waiting"
        self._crashed(error, delay_s)

    def stops(self) -> None:
        """Note that it was told to stop."""
        if self._state in ("running", "waiting"):
            self._state = "stopping"

    @property
    def is_stopping(self) -> bool:
        """Whether it was told to stop and has not ended."""
        return self._state == "stopping"

    def ends(self, error: BaseException | None = None, *, is_told: bool = False) -> None:
        """Note that it ended: by itself or, with *error*, by its last crash, which is told now where *is_told*."""
        self._error = error if error is not None else self._error
        self._state = "ended" if error is None else "failed"
        if is_told and error is not None:
            self._crashed(error, None)

    def is_over(self) -> None:
        """Wake everybody who waits for its end: nothing of it runs any more, though it was cancelled between calls."""
        if self._state != "failed":
            self._state = "ended"
        self._engine = None
        self._done.set()

    def overruns(self, drain_timeout_s: float) -> None:
        """Note that it was told to stop *drain_timeout_s* seconds ago, has not ended, and is to be cancelled."""
        late = TimeoutError(
            f"it had {drain_timeout_s} s to end once it was told to stop; its last job may be half done"
        )
        self._tell(
            WorkerCancelled(time.perf_counter(), self._name, drain_timeout_s),
            late,
            f"worker {self._name!r} is cancelled",
        )

    def _crashed(self, error: BaseException, delay_s: float | None) -> None:
        event = WorkerCrashed(time.perf_counter(), self._name, error, self._n_restarts, delay_s)
        self._tell(event, error, f"worker {self._name!r} crashed")

    def _tell(self, event: Event, error: BaseException, message: str) -> None:
        notify = self._engine.notify if self._engine is not None else None
        if notify is not None:
            notify(event)
        else:  # nobody looks: not a word would be worse (L29)
            report(error, message, self)
