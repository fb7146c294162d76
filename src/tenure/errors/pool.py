"""What a pool has to say: nothing left to lend, closed while something was out."""

from collections.abc import Sequence
from typing import Any

from tenure.errors.base import ResourceError
from tenure.errors.resources import ResourceExhaustedError

_SHOWN = 10
"""How many borrowers a text names."""


class PoolExhaustedError(ResourceExhaustedError, TimeoutError):
    """
    A pool had nothing to lend in time.

    Attributes:
        label: the pool as shown.
        reason: "timeout": it waited for *waited_s*; "max_waiting": too many wait already; "loop": waiting here would
            keep the event loop from running, and with it those who have the items.
        max_size: how many items there may be.
        waited_s: seconds.
        n_waiting: how many others wait.
        n_making: how many items were being made.
        borrowers: who has the items, the longest first; each has `name`, `place`, `held_s`.
    """

    def __init__(
        self,
        label: str,
        reason: str,
        max_size: int,
        waited_s: float = 0.0,
        n_waiting: int = 0,
        n_making: int = 0,
        borrowers: Sequence[Any] = (),
    ) -> None:
        super().__init__(label, reason, max_size, waited_s, n_waiting, n_making, borrowers)
        self.label: str = label
        self.reason: str = reason
        self.max_size: int = max_size
        self.waited_s: float = waited_s
        self.n_waiting: int = n_waiting
        self.n_making: int = n_making
        self.borrowers: tuple[Any, ...] = tuple(borrowers)

    def __str__(self) -> str:
        why = {
            "timeout": f"had nothing to lend within {self.waited_s:.3g} s",
            "max_waiting": f"has nothing to lend, and {self.n_waiting} wait already, as many as may (max_waiting=)",
            "loop": "has nothing to lend, and waiting here would stop the event loop that runs in this thread",
        }[self.reason]
        making = f", {self.n_making} being made" if self.n_making else ""
        waiting = f", {self.n_waiting} others waiting" if self.n_waiting and self.reason == "timeout" else ""
        text = f"{self.label} {why}: {len(self.borrowers)} of {self.max_size} out{making}{waiting}"
        way_out = {
            "timeout": "give them back sooner, or allow more with max_size=, or a longer wait with timeout_s=",
            "max_waiting": "give them back sooner, or allow more with max_size= or max_waiting=",
            "loop": "use `async with pool.acquire()`, or make the pool with is_async=True",
        }[self.reason]
        return f"{text}; {way_out}{_listed(self.borrowers)}"


class ItemsOutError(ResourceError, TimeoutError):
    """
    A pool was closed while items were out, and they did not come back in time; they were closed nevertheless.

    Attributes:
        label: the pool as shown.
        waited_s: how long the close waited, seconds.
        borrowers: who has the items, the longest first; each has `name`, `place`, `held_s`.
    """

    def __init__(self, label: str, waited_s: float, borrowers: Sequence[Any]) -> None:
        super().__init__(label, waited_s, borrowers)
        self.label: str = label
        self.waited_s: float = waited_s
        self.borrowers: tuple[Any, ...] = tuple(borrowers)

    def __str__(self) -> str:
        n = len(self.borrowers)
        return (
            f"{self.label} was closed, and {n} {'item' if n == 1 else 'items'} did not come back within "
            f"{self.waited_s:.3g} s and {'was' if n == 1 else 'were'} closed all the same; end what borrows before the "
            f"pool is closed, or let the close wait longer with close_timeout_s={_listed(self.borrowers)}"
        )


def _listed(borrowers: Sequence[Any]) -> str:
    lines = [f"\n  {borrower}" for borrower in borrowers[:_SHOWN]]
    more = len(borrowers) - _SHOWN
    return "".join(lines) + (f"\n  and {more} more" if more > 0 else "")
