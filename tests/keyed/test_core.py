"""Which item a key gets and which goes for it, whatever happens in whatever order, by the clock of the test."""

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from tenure.keyed.core import KeyedCore
from tenure.leasing.entry import CLOSING, GONE, MAKING, OPEN

KEYS = st.sampled_from("abcde")


class Keys(RuleBasedStateMachine):
    """Programs, the clock and slow or failing items in any order."""

    @initialize(size=st.none() | st.integers(1, 3), idle=st.none() | st.integers(1, 5))
    def begin(self, size, idle):
        self.core, self.now = KeyedCore(size, idle), 0.0
        self.leases, self.close_count, self.is_cut_off = [], {}, False

    def take_up(self, todo):
        for entry in todo.close:
            self.close_count[entry] = self.close_count.get(entry, 0) + 1
            assert entry.status == CLOSING
            assert self.is_cut_off or not entry.n_leases, "what is used is not closed"
        for entry in todo.make:
            assert entry.status == MAKING

    @rule(key=KEYS)
    def ask(self, key):
        had = self.core.current.get(key)
        idle = [each for each in self.core.current.values() if each.status == OPEN and not each.n_leases]
        n_before = len(self.core.entries) + len(self.core.closing)
        asked = self.core.ask(key, self.now)
        self.take_up(asked.todo)
        if self.core.is_closing:
            assert asked.is_refused
            assert asked.entry is None
            return
        assert not asked.is_refused
        assert had is None or asked.entry is had, "one item per key"
        if asked.todo.close:
            assert asked.todo.close == idle[:1], "the one used longest ago goes"
        if asked.entry is None:
            assert self.core.max_size is not None
            assert n_before >= self.core.max_size
            assert not idle, "somebody waits only where nothing can go"
            return
        self.leases.append(asked.entry)

    @rule(data=st.data(), fails=st.booleans())
    def finish_making(self, data, fails):
        ready = [each for each in self.core.entries if self.is_begun(each)]
        if not ready:
            return
        entry = data.draw(st.sampled_from(ready))
        if fails:
            self.core.failed(entry, OSError("down"))
            assert self.core.current.get(entry.key) is not entry
        else:
            self.take_up(self.core.made(entry, self.now))

    @staticmethod
    def is_begun(entry):
        return entry.status == MAKING and (entry.after is None or entry.after.status == GONE)

    @rule(data=st.data())
    def finish_closing(self, data):
        if self.core.closing:
            entry = data.draw(st.sampled_from(list(self.core.closing)))
            self.core.closed(entry)

    @rule(data=st.data())
    def give_back(self, data):
        if self.leases:
            entry = self.leases.pop(data.draw(st.integers(0, len(self.leases) - 1)))
            self.take_up(self.core.give_back(entry, self.now))

    @rule(key=KEYS)
    def drop(self, key):
        self.take_up(self.core.drop_key(key))
        assert key not in self.core.current

    @rule(seconds=st.integers(0, 3))
    def time_passes(self, seconds):
        self.now += seconds
        self.take_up(self.core.due(self.now))
        assert self.core.next_at() > self.now

    @precondition(lambda self: not self.core.is_closing)
    @rule()
    def stop(self):
        self.take_up(self.core.stop())
        assert not self.core.current

    @invariant()
    def never_too_many(self):
        core = self.core
        begun = sum(self.is_begun(entry) or entry.status == OPEN for entry in core.entries)
        assert core.max_size is None or begun + len(core.closing) <= core.max_size

    @invariant()
    def closed_once(self):
        assert all(count == 1 for count in self.close_count.values())
        assert all(entry.status in (CLOSING, GONE) for entry in self.close_count)

    @invariant()
    def leases_are_counted(self):
        for entry in self.core.entries:
            assert entry.n_leases == self.leases.count(entry)

    def teardown(self):
        """Whatever has happened, everything ends: closed once, nothing left."""
        if not hasattr(self, "core"):
            return
        if not self.core.is_closing:
            self.take_up(self.core.stop())
        for entry in [each for each in self.core.entries if each.status == MAKING]:
            self.take_up(self.core.made(entry, self.now))
        while self.leases:
            self.take_up(self.core.give_back(self.leases.pop(), self.now))
        for entry in list(self.core.closing):
            self.core.closed(entry)
        self.closed_once()
        assert self.core.is_empty
        assert self.core.n_made == self.core.n_closed == len(self.close_count)


TestKeys = Keys.TestCase


def open_item(core, key, now=0.0):
    asked = core.ask(key, now)
    core.made(asked.entry, now)
    return asked.entry


def test_what_is_used_is_not_evicted():
    """The next one goes, although it was used later."""
    core = KeyedCore(2, None)
    used = open_item(core, "a")
    idle = open_item(core, "b")
    core.give_back(idle, 1.0)

    asked = core.ask("c", 2.0)

    assert asked.todo.close == [idle]
    assert asked.entry.after is idle
    assert used.status == OPEN


def test_there_is_no_room_where_all_are_used():
    """Nothing is begun then, and nothing closed."""
    core = KeyedCore(1, None)
    open_item(core, "a")

    asked = core.ask("b", 0.0)

    assert (asked.entry, asked.todo.make, asked.todo.close, asked.is_refused) == (None, [], [], False)


def test_what_is_being_closed_has_its_place_still():
    """The next one is made after it, and no second item goes for it."""
    core = KeyedCore(2, 10.0)
    for key in "ab":
        core.give_back(open_item(core, key), 0.0)
    core.drop_key("a")

    asked = core.ask("c", 0.0)

    assert asked.todo.close == []
    assert asked.entry.after.key == "a"
    assert "b" in core.current


def test_an_item_that_is_dropped_while_it_is_used():
    """Who asks gets a new one; the old one is closed when it comes back."""
    core = KeyedCore(None, None)
    old = open_item(core, "a")
    assert core.drop_key("a").close == []

    new = core.ask("a", 0.0).entry

    assert new is not old
    assert core.give_back(old, 0.0).close == [old]


def test_the_limit_counts_from_the_last_use():
    """A lease keeps an item as long as it lasts; the time begins when it is given back."""
    core = KeyedCore(None, 5.0)
    entry = open_item(core, "a")
    assert core.due(100.0).close == []
    core.give_back(entry, 100.0)

    assert core.next_at() == 105.0
    assert core.due(104.9).close == []
    assert core.due(105.0).close == [entry]


def test_cutting_off_closes_what_is_used():
    """At the end of a close that nobody lets come to its end."""
    core = KeyedCore(None, None)
    entry = open_item(core, "a")
    core.stop()

    assert core.cut_off().close == [entry]
    assert core.give_back(entry, 0.0).close == []


def test_a_lease_is_given_back_once():
    """A second time is a mistake of Tenure's own."""
    core = KeyedCore(None, None)
    entry = open_item(core, "a")
    core.give_back(entry, 0.0)

    with pytest.raises(AssertionError):
        core.give_back(entry, 0.0)
