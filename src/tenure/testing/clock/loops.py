"""
asyncio in virtual time: whichever loop of the standard library runs is given a clock and a selector that jumps.

A loop that whoever runs the tests made is as good as one of our own: nobody has to be told of a factory or a policy.
"""

import asyncio
import functools
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Protocol

from tenure.testing.clock.at_work import AtWork


class Clock(Protocol):
    """What a loop asks."""

    at_work: AtWork

    def now(self) -> float:
        """Return the time, in seconds."""
        ...

    def jump_to(self, at: float) -> None:
        """Let it be *at*."""
        ...

    def follow(self, trio_clock: Any) -> None:
        """Keep time with *trio_clock*."""
        ...


class _JumpingSelector:
    """A selector that lets time jump instead of waiting for it, where nothing is ready."""

    def __init__(self, selector: Any, clock: Clock, jobs: "_Jobs") -> None:
        self.inner = selector
        self._clock = clock
        self._jobs = jobs

    def __getattr__(self, name: str) -> Any:
        return getattr(self.inner, name)

    def select(self, timeout: float | None = None) -> Any:
        """Return what is ready; time passes by jumping."""
        if timeout is None or timeout <= 0:
            return self.inner.select(timeout)
        until = self._clock.now() + timeout
        idle_s = self._clock.at_work.idle_s(self._jobs.n_running)
        ready = self.inner.select(idle_s)
        while not ready and self._clock.at_work.has_changed_since(idle_s, self._jobs.n_running):
            idle_s = self._clock.at_work.idle_s(self._jobs.n_running)
            ready = self.inner.select(idle_s)
        if not ready:
            self._clock.jump_to(until)
        return ready


class _Jobs:
    """What a loop has running in its executors."""

    def __init__(self, loop: Any) -> None:
        self.n_running = 0
        self._type = type(loop)
        self._loop = weakref.ref(loop)

    def run_in_executor(self, executor: Any, function: Callable[..., Any], *args: Any) -> Any:
        """Do what the loop's own method does, and count."""
        future = self._type.run_in_executor(self._loop(), executor, function, *args)
        self.n_running += 1
        future.add_done_callback(self._ended)
        return future

    async def shutdown_default_executor(self, *timeout: float | None) -> None:
        """Do what the loop's own method does: since Python 3.12 it waits for its threads under a limit."""
        self.n_running += 1
        try:
            await self._type.shutdown_default_executor(self._loop(), *timeout)
        finally:
            self.n_running -= 1

    def _ended(self, _: Any) -> None:
        self.n_running -= 1


@contextmanager
def jumping_loops(clock: Clock) -> Iterator[None]:
    """
    Have every loop that runs from now on, and the one that runs here, ask *clock*.

    Raises:
        RuntimeError: the loop that runs here is none of the standard library's.
    """
    base: Any = asyncio.BaseEventLoop
    run_forever, jumping = base.run_forever, weakref.WeakSet[Any]()

    @functools.wraps(run_forever)
    def run_forever_jumping(loop: Any) -> Any:
        _begin(loop, clock, jumping)
        return run_forever(loop)

    running = asyncio._get_running_loop()  # noqa: SLF001 - the documented cheap form
    if running is not None:
        if not isinstance(running, base):
            raise RuntimeError(
                f"{type(running).__module__} keeps its own time: a virtual clock needs asyncio's own loop"
            )
        _begin(running, clock, jumping)
    base.run_forever = run_forever_jumping
    try:
        yield
    finally:
        base.run_forever = run_forever
        for loop in list(jumping):
            _end(loop)


def _begin(loop: Any, clock: Clock, jumping: Any) -> None:
    if loop not in jumping:
        jumping.add(loop)
        jobs = _Jobs(loop)
        loop._selector = _JumpingSelector(loop._selector, clock, jobs)  # noqa: SLF001 - where a loop waits
        loop.time = clock.now
        loop.run_in_executor = jobs.run_in_executor
        loop.shutdown_default_executor = jobs.shutdown_default_executor


def _end(loop: Any) -> None:
    selector = loop._selector  # noqa: SLF001 - the same; None in a loop that is closed
    if isinstance(selector, _JumpingSelector):
        loop._selector = selector.inner  # noqa: SLF001 - the same
    del loop.time, loop.run_in_executor, loop.shutdown_default_executor
