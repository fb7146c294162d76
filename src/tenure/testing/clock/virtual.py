"""A clock that jumps to whatever is waited for, as soon as nothing else is left to do."""

import asyncio
import sys
import threading
import time
from collections.abc import Awaitable, Callable
from contextlib import ExitStack
from types import TracebackType
from typing import Any, Self, TypeVar

from tenure.testing.clock.at_work import AtWork
from tenure.testing.clock.loops import jumping_loops
from tenure.testing.clock.own_time import virtual_time

T = TypeVar("T")
_standing: "list[VirtualClock]" = []


class VirtualClock:
    """
    Virtual time for asyncio, for trio, and for Tenure itself: a context manager, and the fixture `virtual_clock`.

    While it stands, every asyncio loop of the standard library that runs, and every trio run that begins, asks this
    clock. When all tasks wait and something waits for time to pass, the clock jumps there: sleeps, time limits, delays
    between attempts, renewals and the lifetimes of items of pools take no time. Synchronous code of Tenure's that
    pauses between attempts jumps as well; a thread that waits for another one waits in real time.

    The network takes real time, during which nothing is left to do: give *idle_s* where a test needs it. Code that the
    loop runs on threads (`asyncio.to_thread`, synchronous closings with a limit) is waited for *thread_idle_s*.

    Args:
        idle_s: real seconds, >= 0, for which nothing happens before the clock jumps.
        thread_idle_s: the same while code runs on a thread for the loop: so long a thread that hangs is waited for.

    Raises:
        ValueError: an argument is negative.

    Raises on entering:
        RuntimeError: another one stands, or the loop that runs already cannot jump: uvloop's, or a trio run.
    """

    def __init__(self, *, idle_s: float = 0.0, thread_idle_s: float = 1.0) -> None:
        for name, seconds in (("idle_s", idle_s), ("thread_idle_s", thread_idle_s)):
            if not seconds >= 0:
                raise ValueError(f"{name}={seconds!r}: real seconds, 0 or more")
        self.at_work: AtWork = AtWork(idle_s, thread_idle_s)
        self._now = time.monotonic()
        self._guard = threading.Lock()
        self._trio_clocks: list[Any] = []
        self._undo = ExitStack()
        self._is_entered = False

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.now():.3f}>"

    def __enter__(self) -> Self:
        """Take the place of real time."""
        if _standing or self._is_entered:
            raise RuntimeError("a virtual clock stands already, or stood: there is one at a time, each for once")
        self._is_entered = True
        with ExitStack() as undo:
            if "trio" in sys.modules or _is_there("trio"):
                from tenure.testing.clock.trio_runs import jumping_runs  # noqa: PLC0415 - an optional extra

                undo.enter_context(jumping_runs(self))
            undo.enter_context(jumping_loops(self))
            undo.enter_context(self.at_work.watching())
            undo.enter_context(virtual_time(self))
            self._undo = undo.pop_all()
        _standing.append(self)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Let time be real again; loops that go on have as much time ahead of them as they jumped."""
        _standing.remove(self)
        self._undo.close()

    def now(self) -> float:
        """Return the time, in seconds; begins at that of `time.monotonic`."""
        with self._guard:
            self._now = max([self._now, *[clock.current_time() for clock in self._trio_clocks]])
            return self._now

    def advance(self, seconds: float) -> None:
        """
        Let *seconds*, >= 0, pass; what is due then happens when its loop runs on.

        Raises:
            ValueError: *seconds* is negative.
        """
        if not seconds >= 0:
            raise ValueError(f"advance({seconds!r}): time goes forward")
        self.jump_to(self.now() + seconds)

    def jump_to(self, at: float) -> None:
        """Let it be *at*, unless it is later already."""
        with self._guard:
            self._now = max(self._now, at)
            for clock in self._trio_clocks:
                behind = self._now - clock.current_time()
                if behind > 0:
                    clock.jump(behind)

    def run(self, main: Callable[..., Awaitable[T]], *args: Any, loop: str = "asyncio") -> T:
        """
        Run `main(*args)` to its end on a loop of its own and return what it returns.

        Args:
            main: an asynchronous function.
            args: what it is called with.
            loop: "asyncio" or "trio".

        Raises:
            RuntimeError: the clock does not stand.
            ValueError: there is no such loop.
            BaseException: what *main* raises.
        """
        if self not in _standing:
            raise RuntimeError("the clock does not stand: with VirtualClock() as clock: clock.run(main)")
        return run(main, *args, loop=loop)

    def follow(self, trio_clock: Any) -> None:
        """Keep time with *trio_clock*, a MockClock whose run is about to begin."""
        behind = self.now() - trio_clock.current_time()
        if behind > 0:
            trio_clock.jump(behind)
        with self._guard:
            self._trio_clocks.append(trio_clock)


def run(main: Callable[..., Awaitable[T]], *args: Any, loop: str = "asyncio") -> T:
    """Run `main(*args)` on a loop of its own, "asyncio" or "trio"; ValueError where it is neither."""
    if loop == "asyncio":
        return asyncio.run(_called(main, *args))
    if loop == "trio":
        import trio  # noqa: PLC0415 - an optional extra

        found: T = trio.run(_called, main, *args)
        return found
    raise ValueError(f"loop={loop!r}: it is 'asyncio' or 'trio'")


async def _called(main: Callable[..., Awaitable[T]], *args: Any) -> T:
    return await main(*args)


def _is_there(module: str) -> bool:
    import importlib.util  # noqa: PLC0415 - asked for once

    return importlib.util.find_spec(module) is not None
