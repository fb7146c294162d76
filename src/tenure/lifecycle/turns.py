"""Turns: how many may do something at a time, first come, first served."""

from collections import deque

from tenure.lifecycle.effects import Steps
from tenure.lifecycle.latch import Latch


class Turns:
    """
    Hands out at most *limit* turns at a time; for the tasks of one loop.

    Args:
        limit: >= 1; None: any number.
    """

    __slots__ = ("_free", "_waiting")

    def __init__(self, limit: int | None) -> None:
        self._free = limit
        self._waiting: deque[Latch] = deque()

    def take(self) -> Steps[None]:
        """Wait for a turn; who is cancelled meanwhile has none."""
        if self._free is None:
            return
        if self._free > 0:
            self._free -= 1
            return
        turn = Latch()
        self._waiting.append(turn)
        try:
            yield turn
        except BaseException:
            if turn.is_set:
                self.leave()  # it came in the same moment
            else:
                self._waiting.remove(turn)
            raise

    def leave(self) -> None:
        """Hand the turn on."""
        if self._free is None:
            return
        if self._waiting:
            self._waiting.popleft().set()
        else:
            self._free += 1
