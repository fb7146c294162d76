"""An asyncio loop without a clock or sockets of its own: time jumps, and what is ready may be shuffled."""

import asyncio
import random
from typing import Any


class Deadlock(Exception):
    """Nothing is ready and no timer is set: whoever waits waits for ever."""


class _NoSockets:
    """Stands where a loop keeps its selector."""

    def __init__(self, loop: "VirtualLoop") -> None:
        self._loop = loop

    def select(self, timeout: float | None) -> list[Any]:
        if timeout is None or timeout > 0:
            self._loop.idle(timeout)
        return []


class VirtualLoop(asyncio.BaseEventLoop):
    """
    Runs tasks in virtual time.

    Args:
        seed: shuffles what is ready at each turn, as if every wait ended at a time of its own; None: first come.

    Attributes:
        pauses: whether to stop when nothing is ready, instead of letting time pass.
        complaints: what the exception handler was told.
    """

    def __init__(self, seed: int | None = None) -> None:
        super().__init__()
        self.pauses = False
        self.complaints: list[str] = []
        self._now = 0.0
        self._random = random.Random(seed) if seed is not None else None
        self._selector = _NoSockets(self)
        self.set_exception_handler(
            lambda _, what: self.complaints.append(f"{what['message']} {what.get('exception')!r}")
        )

    def time(self) -> float:
        """Return virtual seconds."""
        return self._now

    def idle(self, timeout: float | None) -> None:
        """
        Do what is done when nothing is ready.

        Args:
            timeout: seconds to the next timer; None: there is none.

        Raises:
            Deadlock: nothing will ever happen.
        """
        if self.pauses:
            self.stop()
        elif timeout is None:
            raise Deadlock("every task waits, for nothing")
        else:
            self._now += timeout

    def settle(self) -> None:
        """Run what is ready, and what that makes ready, but let no time pass."""
        self.pauses = True
        try:
            self.run_forever()
        finally:
            self.pauses = False

    def advance(self, seconds: float) -> None:
        """Let *seconds* of virtual time pass, running what they make ready."""
        until = self._now + seconds
        self.settle()
        while self._scheduled and self._scheduled[0]._when <= until:  # type: ignore[attr-defined]
            self._now = max(self._now, self._scheduled[0]._when)  # type: ignore[attr-defined]
            self.settle()
        self._now = until

    def _run_once(self) -> None:
        if self._random is not None and len(self._ready) > 1:  # type: ignore[attr-defined]
            ready = list(self._ready)  # type: ignore[attr-defined]
            self._random.shuffle(ready)
            self._ready.clear()  # type: ignore[attr-defined]
            self._ready.extend(ready)  # type: ignore[attr-defined]
        super()._run_once()  # type: ignore[misc]

    def _process_events(self, events: list[Any]) -> None:
        """There are none."""

    def _write_to_self(self) -> None:
        """Nobody sleeps in a selector."""
