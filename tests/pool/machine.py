"""A pool's decisions played in any order: whatever has to be done is done at any later moment, or fails."""

import hypothesis.strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from tenure.pool.decisions.core import CLOSED, CLOSING, DRAINING, OPEN, Core
from tenure.pool.decisions.entry import AWAY, LENT, Waiter
from tenure.pool.decisions.upkeep import next_at, upkeep
from tenure.pool.limits import Limits


class Item:
    n_made = 0


class CoreMachine(RuleBasedStateMachine):
    """Everybody who asks, makes, closes, checks and gives back; `makes_aside` is the one of event loops."""

    makes_aside = True

    @initialize(
        max_size=st.integers(1, 4),
        min_size=st.integers(0, 2),
        min_idle=st.integers(0, 2),
        max_uses=st.sampled_from([None, 1, 3]),
        max_waiting=st.sampled_from([None, 0, 2]),
        lifo=st.booleans(),
        has_check=st.booleans(),
    )
    def open(self, max_size, min_size, min_idle, max_uses, max_waiting, lifo, has_check):
        limits = Limits(
            max_size=max_size, min_size=min(min_size, max_size), min_idle=min(min_idle, max_size), max_uses=max_uses,
            max_waiting=max_waiting, lifo=lifo, max_idle_s=20.0, max_lifetime_s=100.0, late_after_s=30.0, jitter=0.0,
        )  # fmt: skip
        self.core = Core(limits, makes_aside=self.makes_aside, has_check=has_check)
        self.now = 0.0
        self.size_before = 0
        self.making = []  # (whose: None or a waiter or "own", generation)
        self.closing = []
        self.checking = []
        self.held = []
        self.waiters = []  # in order of their coming
        self.served = []
        self.made, self.closed = set(), []
        self.alive = []  # keeps every item, so that no two have the same `id`

    # carrying out what has to be done

    def do(self, todo):
        for waiter in todo.wake:
            assert waiter in self.waiters, "only who waits is woken"
            earlier = self.waiters[: self.waiters.index(waiter)]
            assert not earlier, f"{len(earlier)} came before"
            self.waiters.remove(waiter)
            self.served.append(waiter)
            if waiter.must_make:
                self.making.append((waiter, self.core.generation))
        self.closing += [entry for entry, _ in todo.close]
        self.making += [(None, self.core.generation)] * todo.n_make

    @rule()
    def ask(self):
        n_waiting, n_idle = len(self.core.waiting), len(self.core.idle)
        answer = self.core.ask(self.now)
        if answer.refusal:
            is_open = self.core.state == OPEN
            assert is_open == (answer.refusal == "max_waiting")
        elif answer.entry is not None:
            assert answer.entry.status == LENT
            assert not n_waiting, "nobody overtakes who waits"
            assert n_idle
            self.held.append(answer.entry)
        elif answer.check is not None:
            self.checking.append(answer.check)
        elif answer.must_make:
            self.making.append(("own", self.core.generation))
        else:
            waiter = Waiter(lambda: None, self.now)
            self.waiters.append(waiter)
            self.do(self.core.enlist(waiter))
        self.do(answer.todo)

    @precondition(lambda self: self.served)
    @rule(data=st.data(), cancelled=st.booleans())
    def wake_up(self, data, cancelled):
        """One who was served goes on, or is cancelled in the same moment."""
        waiter = self.served.pop(data.draw(st.integers(0, len(self.served) - 1)))
        if cancelled:
            self.making = [m for m in self.making if m[0] is not waiter]
            self.do(self.core.leave(waiter, self.now, why="cancelled"))
        elif waiter.entry is not None:
            self.held.append(waiter.entry)

    @precondition(lambda self: self.waiters)
    @rule(data=st.data(), why=st.sampled_from(["cancelled", "timeouts"]))
    def give_up(self, data, why):
        waiter = self.waiters.pop(data.draw(st.integers(0, len(self.waiters) - 1)))
        self.do(self.core.leave(waiter, self.now, why=why))

    @precondition(lambda self: self.making)
    @rule(data=st.data(), fails=st.booleans())
    def end_making(self, data, fails):
        whose, generation = self.making.pop(data.draw(st.integers(0, len(self.making) - 1)))
        if whose is not None and whose in self.served:
            self.served.remove(whose)
        if fails:
            self.do(self.core.make_failed(OSError(), self.now, is_own=whose is not None))
            return
        item = Item()
        self.alive.append(item)
        self.made.add(item)
        finish = self.core.made if whose is None else self.core.made_own
        entry, todo = finish(item, None, generation, self.now, 0.1)
        if whose is not None and entry.status == LENT:
            self.held.append(entry)
        self.do(todo)

    @precondition(lambda self: self.closing)
    @rule(data=st.data())
    def end_closing(self, data):
        entry = self.closing.pop(data.draw(st.integers(0, len(self.closing) - 1)))
        self.closed.append(entry.item)
        self.do(self.core.closed(entry))

    @precondition(lambda self: self.checking)
    @rule(data=st.data(), is_good=st.booleans())
    def end_check(self, data, is_good):
        entry = self.checking.pop(data.draw(st.integers(0, len(self.checking) - 1)))
        self.do(self.core.checked(entry, self.now, is_good=is_good))
        if entry.status == LENT:
            self.held.append(entry)

    @precondition(lambda self: self.held)
    @rule(data=st.data(), is_good=st.booleans())
    def give_back(self, data, is_good):
        entry = self.held.pop(data.draw(st.integers(0, len(self.held) - 1)))
        if entry.status != LENT:
            return  # cut off
        self.core.take_back(entry, self.now)
        self.do(self.core.offer(entry, self.now) if is_good else self.core.discard(entry, "reset"))

    @rule(seconds=st.sampled_from([0.1, 1.0, 10.0, 60.0]))
    def wait(self, seconds):
        self.now += seconds

    @rule()
    def upkeep(self):
        before = next_at(self.core, self.now)
        todo, late = upkeep(self.core, self.now)
        assert before > self.now or todo.close or todo.n_make or late, "what is due is done"
        assert next_at(self.core, self.now) > self.now, "it is not due again at once"
        assert all(self.now - entry.since >= 30 for entry in late)
        self.do(todo)

    @rule()
    def invalidate(self):
        if self.core.state in (OPEN, DRAINING):
            self.do(self.core.invalidate())
            assert not self.core.idle

    @rule(max_size=st.integers(1, 4))
    def resize(self, max_size):
        if self.core.state == OPEN:
            self.do(self.core.resize(min(self.core.limits.min_size, max_size), max_size))

    @rule()
    def drain_and_resume(self):
        if self.core.state == OPEN:
            self.do(self.core.stop_lending(DRAINING, lambda: RuntimeError("draining")))
            assert not self.core.waiting
        elif self.core.state == DRAINING:
            self.core.resume()

    # what always holds

    @invariant()
    def never_more_than_max_size(self):
        """Where it was made smaller, it does not grow before it fits."""
        size = self.core.size
        assert size <= max(self.core.limits.max_size, self.size_before)
        self.size_before = size

    @invariant()
    def the_account_is_right(self):
        core = self.core
        assert core.n_making == len(self.making)
        assert core.n_closing == len(self.closing)
        assert len(core.entries) == len(self.made) - len(self.closed) - len(self.closing)
        assert sum(core.tally.closed.values()) == len(self.closed) + len(self.closing)
        n_away = len([e for e in core.entries.values() if e.status == AWAY])
        assert len(core.idle) + len(core.out) + n_away == len(core.entries)
        assert n_away == len([e for e in self.checking if e.status == AWAY])

    @invariant()
    def nobody_waits_for_nothing(self):
        """Who waits does so because everything there may be is in use, or is being made."""
        core = self.core
        assert list(core.waiting) == self.waiters
        if core.waiting:
            assert not core.idle
            assert core.state == OPEN
            assert core.size >= core.limits.max_size or core.n_making >= len(core.waiting)

    @invariant()
    def nothing_is_closed_twice(self):
        assert len(set(map(id, self.closed))) == len(self.closed)

    def teardown(self):
        if not hasattr(self, "core"):
            return
        core = self.core
        self.do(core.stop_lending(CLOSING, lambda: RuntimeError("closed")))
        assert not core.waiting, "a close wakes everybody"
        self.do(core.cut_off())
        for whose, generation in [*self.making]:
            item = Item()
            self.alive.append(item)
            self.made.add(item)
            _, todo = (core.made if whose is None else core.made_own)(item, None, generation, self.now, 0.1)
            self.do(todo)
        self.making.clear()
        for entry in self.closing:
            self.closed.append(entry.item)
            self.do(core.closed(entry))
        core.state = CLOSED
        assert core.is_empty
        assert {*map(id, self.closed)} == {*map(id, self.made)}
        assert len(self.closed) == len(self.made), "every item is closed exactly once"
