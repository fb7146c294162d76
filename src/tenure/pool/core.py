"""
The decisions of a pool: who gets which item, when one is made, when one is closed.

Each method is told what has happened and at what time, changes the state, and returns what is to be done about it; it
does nothing itself. One call at a time; who calls from several threads holds a lock around each call, and carries out
what is to be done after letting it go.
"""

import math
from collections import OrderedDict, deque
from collections.abc import Callable
from typing import Any, Final

from tenure.pool.entry import AWAY, GONE, IDLE, LENT, Entry, Waiter
from tenure.pool.limits import Limits
from tenure.pool.tally import Tally
from tenure.record import record, replace

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


class Core:
    """
    The state of one life of a pool.

    Args:
        limits: what it keeps to.
        makes_aside: whether items are made for all who wait, in tasks of their own; else whoever asks makes its own.
        has_check: whether items that were not used for a while are looked at.
        draw: gives random numbers in [0, 1).

    Attributes:
        state: `OPEN`, `DRAINING`, `CLOSING` or `CLOSED`.
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
        return sorted((e for e in self.entries.values() if e.status == LENT), key=lambda entry: entry.since)

    # asking

    def ask(self, now: float) -> Answer:
        """Decide what one who wants an item gets; nobody overtakes who waits."""
        todo = Todo()
        if self.state != OPEN:
            return Answer(todo, refusal="state")
        while self.idle and not self.waiting:
            entry = self.pop_idle()
            if now >= entry.expires_at:
                self._retire(entry, self._age(entry), todo)
                continue
            if self.has_check and now >= entry.good_until:
                entry.status = AWAY
                return Answer(todo, check=entry)
            self._lend(entry, now)
            return Answer(todo, entry=entry)
        if not self.makes_aside and not self.waiting and self.size < self.limits.max_size:
            self.n_making += 1
            return Answer(todo, must_make=True)
        max_waiting = self.limits.max_waiting
        if max_waiting is not None and len(self.waiting) >= max_waiting + self._n_served_soon():
            self.tally.n_refused += 1
            return Answer(todo, refusal="max_waiting")
        return Answer(todo)

    def _n_served_soon(self) -> int:
        """Return how many of those who wait do so for an item that is being made, or may be at once."""
        return (self.n_making + max(self.limits.max_size - self.size, 0)) if self.makes_aside else 0

    def put_back(self, entry: Entry) -> None:
        """Have *entry*, just taken by `pop_idle`, stand where it stood."""
        (self.idle.append if self.limits.lifo else self.idle.appendleft)(entry)

    def enlist(self, waiter: Waiter) -> Todo:
        """Have *waiter* wait."""
        self.waiting[waiter] = None
        todo = Todo()
        self._make_for_waiters(todo)
        return todo

    def leave(self, waiter: Waiter, now: float, *, why: str) -> Todo:
        """
        Let *waiter* wait no longer; what it was given meanwhile goes to the next one.

        Args:
            waiter: was enlisted.
            now: the time.
            why: "timeouts" or "cancelled", for the account.
        """
        todo = Todo()
        if why == "timeouts":
            self.tally.n_timeouts += 1
        else:
            self.tally.n_cancelled += 1
        if waiter in self.waiting:
            del self.waiting[waiter]
        elif waiter.entry is not None:
            entry, waiter.entry = waiter.entry, None
            entry.n_uses -= 1  # nobody has used it
            entry.forget_borrower()
            self._offer(entry, now, todo)
        elif waiter.must_make:
            waiter.must_make = False
            self.n_making -= 1
            self._make_for_waiters(todo)
        return todo

    def checked(self, entry: Entry, now: float, *, is_good: bool) -> Todo:
        """Take the result of looking at *entry*: a good one is lent to the one who looked, a bad one closed."""
        todo = Todo()
        if entry.status != AWAY:
            return todo  # the pool was closed meanwhile, and the item with it
        if is_good and self.state == OPEN:
            self._lend(entry, now)
        else:
            self.tally.n_bad_checks += not is_good
            self._retire(entry, "check" if not is_good else "closed", todo)
        return todo

    # giving back

    def take_back(self, entry: Entry, now: float) -> None:
        """Take *entry* from its borrower; `offer` or `discard` follows."""
        if entry.status == GONE:
            return  # it was cut off, and its closing goes on
        self.tally.use_s.add(now - entry.since)
        entry.status = AWAY
        entry.forget_borrower()

    def offer(self, entry: Entry, now: float) -> Todo:
        """Give *entry*, which is fit for use, to the one who waits longest; else it is idle, or closed if too old."""
        todo = Todo()
        if entry.status == AWAY:
            self._offer(entry, now, todo)
        return todo

    def discard(self, entry: Entry, why: str) -> Todo:
        """Have *entry*, which is fit for use no longer, closed; *why* is for the account."""
        todo = Todo()
        if entry.status == AWAY:
            self._retire(entry, why, todo)
        return todo

    def closed(self, entry: Entry) -> Todo:
        """Note that the closing of *entry* has ended: its place is free."""
        todo = Todo()
        assert entry.status == GONE, "only what was retired is closed"
        self.n_closing -= 1
        self._make_for_waiters(todo)
        return todo

    def ended(self, entry: Entry) -> Todo:
        """Note that *entry* closed itself, without being asked to."""
        todo = Todo()
        if entry.status == IDLE:
            self.idle.remove(entry)
        if entry.status != GONE:
            entry.status = GONE
            self._count_out(entry, "ended by itself")
            self._make_for_waiters(todo)
        return todo

    def disown(self) -> list[Entry]:
        """Forget every item and everybody who waits: this process was forked from the one they belong to."""
        owed = list(self.entries.values())
        self.entries.clear()
        self.idle.clear()
        self.waiting.clear()
        self.n_making = self.n_closing = 0
        return owed

    # making

    def made(self, item: Any, exit_: Any, generation: int, now: float, took_s: float) -> tuple[Entry, Todo]:
        """Take an item that was made for whoever waits longest, in *took_s* seconds."""
        todo = Todo()
        entry = self._take_in(item, exit_, generation, now, took_s)
        self._offer(entry, now, todo)
        self._make_for_waiters(todo)  # another one, should this one be outdated by now
        return entry, todo

    def made_own(self, item: Any, exit_: Any, generation: int, now: float, took_s: float) -> tuple[Entry, Todo]:
        """Take an item that was made by the one who asked; it is lent to it, save where the pool is closed by now."""
        todo = Todo()
        entry = self._take_in(item, exit_, generation, now, took_s)
        if self.state == OPEN:
            self._lend(entry, now)
        else:
            self._retire(entry, "closed", todo)
        return entry, todo

    def _take_in(self, item: Any, exit_: Any, generation: int, now: float, took_s: float) -> Entry:
        self.n_making -= 1
        self.fill_failures = 0
        self.tally.n_made += 1
        self.tally.make_s.add(took_s)
        lifetime = self.limits.max_lifetime_s
        expires_at = math.inf if lifetime is None else now + self._jittered(lifetime)
        entry = Entry(item, exit_, generation, now, expires_at if generation == self.generation else -math.inf)
        if self.limits.max_idle_s is not None:
            entry.idle_span_s = self._jittered(self.limits.max_idle_s)
        self.entries[id(item)] = entry
        return entry

    def make_failed(self, error: BaseException, now: float, *, is_own: bool = False) -> Todo:
        """
        Note that an item could not be made.

        Args:
            error: why; told to the one who waits longest, where nothing else is being made for it.
            now: the time.
            is_own: whether the one who asked was making it, and knows.
        """
        todo = Todo()
        self.n_making -= 1
        self.tally.n_make_failures += 1
        if not is_own:
            self.fill_failures += 1
            self.fill_at = now + self.limits.retry.delay_s(min(self.fill_failures, 30), self.draw())
        if self.makes_aside and len(self.waiting) > self.n_making:
            self._refuse_next(error, todo)
        self._make_for_waiters(todo)
        return todo

    # the whole

    def resize(self, min_size: int, max_size: int) -> Todo:
        """Keep to other sizes from now on; what is idle and too much is closed, what is lent when it comes back."""
        todo = Todo()
        limits, min_idle = self.limits, min(self.limits.min_idle, max_size)
        self.keep_to(replace(limits, min_size=min_size, max_size=max_size, min_idle=min_idle))
        while self.idle and self.size - self.n_closing > max_size:
            self._retire(self.idle.popleft(), "surplus", todo)
        self._make_for_waiters(todo)
        return todo

    def invalidate(self) -> Todo:
        """Have every item that there is closed, what is idle at once, what is lent or being made afterwards."""
        todo = Todo()
        self.generation += 1
        for entry in self.entries.values():
            entry.expires_at = entry.good_until = -math.inf
        while self.idle:
            self._retire(self.idle.popleft(), "invalidated", todo)
        self._make_for_waiters(todo)
        return todo

    def stop_lending(self, state: str, refusal: Callable[[], BaseException]) -> Todo:
        """Go over to *state*, DRAINING or CLOSING: who waits is refused, what is idle is closed."""
        todo = Todo()
        self.state = state
        while self.waiting:
            self._refuse_next(refusal(), todo)
        if state == CLOSING:
            while self.idle:
                self._retire(self.idle.popleft(), "closed", todo)
        return todo

    def resume(self) -> None:
        """Lend again after draining."""
        if self.state == DRAINING:
            self.state = OPEN

    def cut_off(self) -> Todo:
        """Have what is still lent closed, at the end of a close."""
        todo = Todo()
        for entry in list(self.entries.values()):
            self._retire(entry, "cut off", todo)
        return todo

    # in common

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
