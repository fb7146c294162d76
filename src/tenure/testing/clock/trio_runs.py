"""trio in virtual time: every run that begins is given a MockClock that keeps time with the clock of asyncio."""

import functools
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import trio
import trio.testing

from tenure.testing.clock.loops import Clock


@contextmanager
def jumping_runs(clock: Clock) -> Iterator[None]:
    """
    Have every run that begins from now on ask *clock*, unless it is given one of its own.

    Raises:
        RuntimeError: a run is under way here, and keeps the clock that it began with.
    """
    if trio.lowlevel.in_trio_run():
        raise RuntimeError(
            "this trio run began with a clock of its own: enter the virtual clock before trio.run, "
            "or let the fixture virtual_clock come before every asynchronous one"
        )
    ends: list[Callable[[], None]] = []
    lowlevel: Any = trio.lowlevel
    originals = trio.run, lowlevel.start_guest_run

    def with_clock(start: Any) -> Any:
        @functools.wraps(start)
        def begin(*args: Any, **how: Any) -> Any:
            if how.get("clock") is None:
                how["clock"] = _clock_of(clock, ends)
            return start(*args, **how)

        return begin

    room: Any = trio
    room.run, lowlevel.start_guest_run = with_clock(originals[0]), with_clock(originals[1])
    try:
        yield
    finally:
        room.run, lowlevel.start_guest_run = originals
        for end in ends:
            end()


def _clock_of(clock: Clock, ends: list[Callable[[], None]]) -> Any:
    mock = trio.testing.MockClock(autojump_threshold=clock.at_work.idle_s())
    clock.follow(mock)
    thread: list[Any] = []

    def settle() -> None:
        mock.autojump_threshold = clock.at_work.idle_s()

    def changed() -> None:
        """A thread begins, in its run, or ends, on itself."""
        if trio.lowlevel.in_trio_run():
            thread[:] = [trio.lowlevel.current_trio_token()]
            settle()
        elif thread:
            with suppress(trio.RunFinishedError):
                thread[0].run_sync_soon(settle)

    clock.at_work.changed.append(changed)
    ends.append(lambda: clock.at_work.changed.remove(changed))
    return mock
