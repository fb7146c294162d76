"""
The decisions of a pool: who gets which item, when one is made, when one is closed.

Each method is told what has happened and at what time, changes the state, and returns what is to be done about it; it
does nothing itself. One call at a time; who calls from several threads holds a lock around each call, and carries out
what is to be done after letting it go.
"""

import math
from collections.abc import Callable
from typing import Any

from tenure.pool.decisions.entry import AWAY, GONE, IDLE, Entry, Waiter
from tenure.pool.decisions.state import CLOSED, CLOSING, DRAINING, NEW, OPEN, Answer, State, Todo
from tenure.record import replace

__all__ = ["CLOSED", "CLOSING", "DRAINING", "NEW", "OPEN", "Answer", "Core", "Todo"]


class Core(State):
    """The decisions; see `State` for the arguments and attributes."""

    # said again, for `pyright --verifytypes` asks it of what a subclass sets
    state: str
    generation: int
    n_making: int
    n_closing: int
    fill_failures: int
    fill_at: float

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

    def enlist(self, waiter: Waiter, todo: Todo | None = None) -> Todo:
        """Have *waiter* wait; return *todo*, that of the answer which says so, with what is to be done besides."""
        self.waiting[waiter] = None
        todo = todo or Todo()
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
        self.tally.n_bad_resets += why == "reset"
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
        min_idle = min(self.wanted_idle, max_size)
        self.keep_to(replace(self.limits, min_size=min_size, max_size=max_size, min_idle=min_idle))
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

    def resume(self) -> Todo:
        """Lend again after draining."""
        if self.state == DRAINING:
            self.state = OPEN
        return Todo()

    def cut_off(self) -> Todo:
        """Have what is still lent closed, at the end of a close."""
        todo = Todo()
        for entry in list(self.entries.values()):
            self._retire(entry, "cut off", todo)
        return todo
