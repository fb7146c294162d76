"""Whose turn it is to run opening code while an eager start is under way."""

from collections import deque
from contextvars import ContextVar

from tenure.lifecycle.effects import Steps
from tenure.lifecycle.latch import Latch


class StartAborted(BaseException):
    """Another resource of the same start failed: this one does not begin. Never leaves Tenure."""


class Start:
    """
    One eager start under way.

    Args:
        max_parallel: how many openings may run their user code at a time, >= 1; None: any number.

    Attributes:
        aborted: set when one failed; nothing begins any more.
    """

    __slots__ = ("_free", "_waiting", "aborted")

    def __init__(self, max_parallel: int | None) -> None:
        if max_parallel is not None and max_parallel < 1:
            raise ValueError(f"max_parallel must be at least 1 or None, not {max_parallel}")
        self.aborted: bool = False
        self._free = max_parallel
        self._waiting: deque[Latch] = deque()

    def enter(self) -> Steps[None]:
        """Wait for a turn; raises StartAborted where none will come."""
        if self._free is not None:
            if self._free > 0:
                self._free -= 1
            else:
                turn = Latch()
                self._waiting.append(turn)
                yield turn
        if self.aborted:
            self.leave()
            raise StartAborted

    def leave(self) -> None:
        """Hand the turn on."""
        if self._free is None:
            return
        if self._waiting:
            self._waiting.popleft().set()
        else:
            self._free += 1


start_of: ContextVar[Start | None] = ContextVar("tenure.start", default=None)
"""The start that the running code belongs to."""
