"""
The state of one life of a pool, and the moves of which every decision in `core` is made.

Nothing here waits, locks, reads a clock or calls user code.
"""

import math
from collections import OrderedDict, deque
from collections.abc import Callable
from typing import Final

from tenure.pool.decisions.entry import GONE, IDLE, LENT, Entry, Waiter
from tenure.pool.decisions.tally import Tally
from tenure.pool.limits import Limits
from tenure.record import record

NEW: Final = "new"
OPEN: Final = "open"
DRAINING: Final = "draining"
"""Nothing is lent, what is out is waited for."""
CLOSING: Final = "closing"
CLOSED: Final = "closed"


class Todo:
    """
    What has to be done.

    Attributes:
        wake: waiters that have what they waited for.
        close: entries to be closed, each with the reason; tell `Core.closed` of each.
        n_make: how many items to make; tell `Core.made` or `Core.make_failed` of each.
    """

    __slots__ = ("close", "n_make", "wake")

    def __init__(self) -> None:
        self.wake: list[Waiter] = []
        self.close: list[tuple[Entry, str]] = []
        self.n_make: int = 0


@record
class Answer:
    """What one who asks for an item gets, one of the four below, or else it has to wait; and what is to be done."""

    todo: Todo
    entry: Entry | None = None
    """It is lent to the one who asks."""
    check: Entry | None = None
    """It was not used for a while: look at it, then tell `checked`."""
    must_make: bool = False
    """There is room: make one, then tell `made_own` or `make_failed`."""
    refusal: str | None = None
    """Why there is nothing to wait for: "state" or "max_waiting"."""

    @property
    def must_wait(self) -> bool:
        """Whether it has to wait; `enlist` follows, before anything else."""
        return not (self.entry or self.check or self.must_make or self.refusal)


class State:
    """
    The state of one life of a pool.

    Args:
        limits: what it keeps to.
        makes_aside: whether items are made for all who wait, in tasks of their own; else whoever asks makes its own.
        has_check: whether items that were not used for a while are looked at.
        draw: gives random numbers in [0, 1).

    Attributes:
        state: `OPEN`, `DRAINING`, `CLOSING` or `CLOSED`.
        wanted_idle: how many idle ones are to be kept ready where `max_size` allows.
        entries: of the items that are neither being made nor being closed, by `id` of the item.
        idle: those that wait for somebody, longest idle first.
        good_for_s: how long an idle item is lent without a look at it.
        pop_idle: takes the one that is lent next.
        waiting: who waits, first come first.
        n_making: items that are being made: each has its place among `max_size`.
        n_closing: items that are being closed: each keeps its place until that is done.
        generation: how often everything there was has been declared invalid.
        fill_failures: how often in a row the filling up failed; `fill_at`: when it is tried again.
    """

    def __init__(
        self, limits: Limits, *, makes_aside: bool, has_check: bool, draw: Callable[[], float] = lambda: 0.0
    ) -> None:
        self.keep_to(limits)
        self.wanted_idle: int = limits.min_idle
        self.makes_aside: bool = makes_aside
        self.has_check: bool = has_check
        self.good_for_s: float = limits.check_after_s if has_check else math.inf
        self.draw: Callable[[], float] = draw
        self.state: str = OPEN
        self.entries: dict[int, Entry] = {}
        self.idle: deque[Entry] = deque()
        self.pop_idle: Callable[[], Entry] = self.idle.pop if limits.lifo else self.idle.popleft
        self.waiting: OrderedDict[Waiter, None] = OrderedDict()
        self.n_making: int = 0
        self.n_closing: int = 0
        self.generation: int = 0
        self.fill_failures: int = 0
        self.fill_at: float = -math.inf
        self.tally: Tally = Tally()

    def keep_to(self, limits: Limits) -> None:
        """Keep to *limits* from now on; those that are asked for all the time stand here as well."""
        self.limits: Limits = limits
        self.min_idle: int = limits.min_idle
        self.max_size: int = limits.max_size
        self.max_uses: float = math.inf if limits.max_uses is None else limits.max_uses

    @property
    def size(self) -> int:
        """How many items there are, those being made and being closed among them; never more than `max_size`."""
        return len(self.entries) + self.n_making + self.n_closing

    @property
    def is_empty(self) -> bool:
        """Whether nothing is there that has to be closed."""
        return not self.entries and not self.n_making and not self.n_closing

    @property
    def out(self) -> list[Entry]:
        """Those that are lent, the longest first."""
        entries = [*self.entries.values()]  # at once: where a loop lends, other threads may ask
        return sorted([each for each in entries if each.status == LENT], key=lambda entry: entry.since)

    # moves

    def _lend(self, entry: Entry, now: float) -> None:
        entry.status = LENT
        entry.since = now
        entry.n_uses += 1

    def _offer(self, entry: Entry, now: float, todo: Todo) -> None:
        why = self._unfit(entry, now)
        if why is not None:
            self._retire(entry, why, todo)
        elif self.waiting:
            waiter, _ = self.waiting.popitem(last=False)
            self._lend(entry, now)
            waiter.entry = entry
            todo.wake.append(waiter)
        else:
            self.make_idle(entry, now)
            self.idle.append(entry)

    def make_idle(self, entry: Entry, now: float) -> None:
        """Set the times of *entry*, which nobody has any more."""
        entry.status = IDLE
        entry.since = now
        good_until = now + self.good_for_s
        entry.good_until = min(good_until, entry.expires_at)

    def drop_idle(self, entry: Entry, todo: Todo, why: str | None = None) -> None:
        """Have *entry*, which is idle, closed."""
        self.idle.remove(entry)
        self._retire(entry, why or self._age(entry), todo)

    def _unfit(self, entry: Entry, now: float) -> str | None:
        """Return why *entry* is not to be used any more, None if it is."""
        if self.state in (CLOSING, CLOSED):
            return "closed"
        if now >= entry.expires_at:
            return self._age(entry)
        if self.limits.max_uses is not None and entry.n_uses >= self.limits.max_uses:
            return "max_uses"
        return "surplus" if len(self.entries) + self.n_making > self.limits.max_size else None

    def _age(self, entry: Entry) -> str:
        return "invalidated" if entry.generation != self.generation else "max_lifetime"

    def _retire(self, entry: Entry, why: str, todo: Todo) -> None:
        entry.status = GONE
        entry.forget_borrower()
        self.n_closing += 1
        self._count_out(entry, why)
        todo.close.append((entry, why))

    def _count_out(self, entry: Entry, why: str) -> None:
        self.entries.pop(id(entry.item), None)
        self.tally.n_uses_before += entry.n_uses
        self.tally.closed[why] = self.tally.closed.get(why, 0) + 1

    def _refuse_next(self, error: BaseException, todo: Todo) -> None:
        waiter, _ = self.waiting.popitem(last=False)
        waiter.error = error
        todo.wake.append(waiter)

    def _make_for_waiters(self, todo: Todo) -> None:
        """Have items made for those who wait, as far as there is room."""
        while self.state == OPEN and self.size < self.limits.max_size:
            if self.makes_aside and len(self.waiting) > self.n_making:
                todo.n_make += 1
            elif not self.makes_aside and self.waiting:
                waiter, _ = self.waiting.popitem(last=False)
                waiter.must_make = True
                todo.wake.append(waiter)
            else:
                return
            self.n_making += 1

    def _jittered(self, seconds: float) -> float:
        return seconds * (1 - self.limits.jitter * self.draw())
