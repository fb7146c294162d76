"""What the state of a pool is made of: an entry for each item, a waiter for each one who waits. Data only."""

import math
from collections.abc import Callable
from typing import Any, Final

from tenure.pool.borrower import Borrower

IDLE: Final = 0
LENT: Final = 1
AWAY: Final = 2
"""Being checked or reset: lent to nobody, and not to be had."""
GONE: Final = 3
"""Being closed, or closed."""


class Entry:
    """
    One item.

    Attributes:
        item: what borrowers get.
        exit: the obligation to close it.
        generation: that of the pool when its making began.
        status: `IDLE`, `LENT`, `AWAY` or `GONE`.
        made_at: seconds on the pool's clock, as all its times.
        expires_at: when it is too old to be lent.
        good_until: while it is idle: until when it is lent without a look at it.
        since: when it was lent, or became idle.
        idle_span_s: how long it may be idle.
        n_uses: how often it was lent.
        code: of the function that borrowed it, None while nobody has it.
        at: the instruction there, an index as in `frame.f_lasti`.
        who: the task that borrowed it, or the number of the thread.
        callers: of that function, as `Borrower` has them.
        is_late: whether its borrower was told of already.
        sent_back: the loan, by its number in `n_uses`, that another thread than the loop's has given back, which the
            loop has yet to hear of; 0 for none.
    """

    __slots__ = (
        "at", "callers", "code", "exit", "expires_at", "generation", "good_until", "idle_span_s", "is_late", "item",
        "made_at", "n_uses", "sent_back", "since", "status", "who",
    )  # fmt: skip

    def __init__(self, item: Any, exit_: Any, generation: int, now: float, expires_at: float = math.inf) -> None:
        self.item: Any = item
        self.exit: Any = exit_
        self.generation: int = generation
        self.status: int = AWAY
        self.made_at: float = now
        self.expires_at: float = expires_at
        self.good_until: float = now
        self.since: float = now
        self.idle_span_s: float = math.inf
        self.n_uses: int = 0
        self.code: Any = None
        self.at: int = 0
        self.who: Any = None
        self.callers: tuple[Any, ...] = ()
        self.is_late: bool = False
        self.sent_back: int = 0

    def forget_borrower(self) -> None:
        """Keep nothing of whoever had it."""
        self.code = self.who = None
        self.callers = ()
        self.is_late = False

    def borrower(self, now: float) -> Borrower:
        """Return who has it."""
        return Borrower(self.code, self.at, self.who, self.callers, now - self.since)


class Waiter:
    """
    One who waits for an item.

    Attributes:
        wake: ends the wait; called after one of the others is set.
        entry: what it was given, lent to it already.
        must_make: whether it has to make an item by itself, for which there is room now.
        error: why it gets none.
        since: when it began to wait.
        gate: what it waits at; nobody's business but of those who made it.
    """

    __slots__ = ("entry", "error", "gate", "must_make", "since", "wake")

    def __init__(self, wake: Callable[[], None], since: float, gate: Any = None) -> None:
        self.wake: Callable[[], None] = wake
        self.gate: Any = gate
        self.entry: Entry | None = None
        self.must_make: bool = False
        self.error: BaseException | None = None
        self.since: float = since

    @property
    def is_served(self) -> bool:
        """Whether one of the others is set."""
        return self.entry is not None or self.must_make or self.error is not None
