"""trio: level cancellation, so what must end runs inside a shielded scope."""

import math
import weakref
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, AbstractContextManager, asynccontextmanager
from contextvars import Context
from typing import Any

import trio

from tenure.lifecycle.backends.base import Job, LimitReachedError, Region, Wake


class _SystemJob:
    """An owner task; cancelled through a scope of its own."""

    def __init__(self) -> None:
        self.scope = trio.CancelScope()

    def cancel(self) -> None:
        """Ask it to stop."""
        self.scope.cancel()

    def shield(self) -> None:
        """Keep the end of the run away; no new scope, for the resource may hold an older one that it leaves now."""
        self.scope.shield = True


_regions: weakref.WeakKeyDictionary[Any, list["_ScopeRegion"]] = weakref.WeakKeyDictionary()
"""The regions of each task, innermost last."""


class _ScopeRegion:
    """
    A region is a cancel scope, and cancel scopes nest: one that ends out of order is left when it is the innermost one.

    Where it never is, because a cancel scope of somebody else's stands between, trio tells of it when the task ends.

    Args:
        deadline: when it is cancelled, in seconds of `trio.current_time`; inf: never.
    """

    __slots__ = ("_has_ended", "_scope", "_task")

    def __init__(self, deadline: float = math.inf) -> None:
        self._task = trio.lowlevel.current_task()
        self._has_ended = False
        self._scope = trio.CancelScope(deadline=deadline)
        self._scope.__enter__()
        _regions.setdefault(self._task, []).append(self)

    def cancel(self) -> None:
        """Cancel the scope."""
        self._scope.cancel()

    @property
    def n_cancellations(self) -> int:
        """Trio does not count them."""
        return 0

    def drop(self) -> None:
        """Leave the scope at once."""
        self._leave(None)

    async def end(self, error: BaseException | None) -> BaseException | None:
        """Leave the scope; in another task that is impossible, and trio tells of it where it was entered."""
        return error if trio.lowlevel.current_task() is not self._task else self._leave(error)

    def _leave(self, error: BaseException | None) -> BaseException | None:
        self._has_ended = True
        self._scope.deadline = math.inf  # what is entered inside and not left yet outlives it
        return self._leave_ended(error)

    def _leave_ended(self, error: BaseException | None) -> BaseException | None:
        """Leave what has ended and is innermost; return what is left of *error*, which ended this one."""
        stack, left = _regions[self._task], error
        while stack and stack[-1]._has_ended and stack[-1]._is_innermost():  # noqa: SLF001 - of its own class
            region = stack.pop()
            if region is self:
                left = _left(region._scope, error)  # noqa: SLF001 - of its own class
            else:
                _left(region._scope, None)  # noqa: SLF001 - of its own class
        return left

    def _is_innermost(self) -> bool:
        status = getattr(self._task, "_cancel_status", None)  # trio does not say otherwise which scope is the innermost
        return status is None or getattr(status, "_scope", self._scope) is self._scope


def _leave_ended(task: Any) -> None:
    """Leave what ended in *task* when it was not the innermost one."""
    for region in _regions.get(task, [])[-1:]:
        region._leave_ended(None)  # noqa: SLF001 - of this module


def _left(scope: trio.CancelScope, error: BaseException | None) -> BaseException | None:
    """Leave *scope*; return what is left of *error* then."""
    try:
        trace = error.__traceback__ if error is not None else None
        is_own = scope.__exit__(type(error) if error is not None else None, error, trace)
    except BaseException as rest:  # noqa: BLE001 - what is left of a group
        return rest
    return None if is_own else error


class TrioBackend:
    """trio."""

    name = "trio"
    cancels_by_level = True

    def token(self) -> Any:
        """Return the token of the running trio run."""
        return trio.lowlevel.current_trio_token()

    def task(self) -> Any:
        """Return the running task."""
        return trio.lowlevel.current_task()

    def describe(self, token: Any) -> str:
        """Return the trio run as text."""
        return f"the trio run {id(token):#x}"

    def is_dead(self, token: Any) -> bool:
        """Tell whether the run has ended."""
        try:
            token.run_sync_soon(int)
        except trio.RunFinishedError:
            return True
        return False

    def is_cancellation(self, error: BaseException) -> bool:
        """Tell whether *error* is a Cancelled, or a group of nothing else."""
        if isinstance(error, BaseExceptionGroup):
            return error.split(trio.Cancelled)[1] is None
        return isinstance(error, trio.Cancelled)

    def now(self) -> float:
        """Return the time of the running trio clock, in seconds."""
        return trio.current_time()

    async def sleep(self, seconds: float) -> None:
        """Pause the running task."""
        await trio.sleep(seconds)

    def limit(self, seconds: float) -> AbstractAsyncContextManager[Any]:
        """Return a scope that raises LimitReachedError when it ran over."""
        return _limit(seconds)

    def is_cancelled_around(self) -> bool:
        """Tell that it may be at any time: a closing always runs inside a shield."""
        return True

    def shield(self) -> AbstractContextManager[Any]:
        """Return a shielded scope."""
        return trio.CancelScope(shield=True)

    def region(self) -> Region:
        """Enter a cancel scope."""
        return _ScopeRegion()

    def late_region(self, task: Any) -> None:
        """Begin none: a cancel scope has to be entered when the body begins."""

    def waiter(self) -> tuple[Wake, Callable[[], Awaitable[None]]]:
        """Return a wait on an event of this run, and what ends it from any thread."""
        event = trio.Event()
        token = trio.lowlevel.current_trio_token()

        def wake() -> None:
            if trio.lowlevel.in_trio_run() and trio.lowlevel.current_trio_token() is token:
                event.set()
                return
            try:
                token.run_sync_soon(event.set)
            except trio.RunFinishedError:
                return  # nobody is left to wake

        return wake, event.wait

    async def wait_out(self, wait: Callable[[], Awaitable[None]], seconds: float | None) -> BaseException | None:
        """Wait, and inside a shield once a cancellation came; give back the last one, or a KeyboardInterrupt."""
        end = math.inf if seconds is None else trio.current_time() + seconds
        saved: BaseException | None = None
        while True:
            try:
                with trio.CancelScope(deadline=end, shield=isinstance(saved, trio.Cancelled)):
                    await wait()
            except (trio.Cancelled, KeyboardInterrupt) as error:  # Ctrl-C is raised in what the main task waits for
                saved = error
            else:
                return saved

    def spawn(self, function: Callable[[], Awaitable[None]], context: Context, name: str) -> Job:
        """Start a system task: it belongs to the run, not to a nursery that others can cancel."""
        job = _SystemJob()

        async def run() -> None:
            with job.scope:
                await function()
                _leave_ended(trio.lowlevel.current_task())

        trio.lowlevel.spawn_system_task(run, name=name, context=context)
        return job


@asynccontextmanager
async def _limit(seconds: float) -> AsyncIterator[None]:
    region = _ScopeRegion(trio.current_time() + seconds)  # its body may leave a nursery open inside
    try:
        yield
    except BaseException as error:
        left = await region.end(error)
        if left is None:
            raise LimitReachedError from error
        if left is error:
            raise
        raise left from None
    await region.end(None)
