"""Which version is leased and when the next one is made, by a clock that only the test moves."""

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from tenure import Retry
from tenure.leasing.entry import CLOSING, GONE, MAKING, OPEN
from tenure.refreshing.core import RefreshingCore

RETRY = Retry(backoff=1.0, growth=2.0, max_delay=8.0, jitter=0.0)


class Versions(RuleBasedStateMachine):
    """Programs, the clock and slow or failing renewals in any order."""

    @initialize()
    def begin(self):
        self.core, self.now = RefreshingCore(RETRY), 0.0
        self.leases, self.close_count = [], {}

    def take_up(self, todo):
        for entry in todo.close:
            self.close_count[entry] = self.close_count.get(entry, 0) + 1
            assert not entry.n_leases, "what is used is not closed"
        assert len(todo.make) <= 1

    @rule()
    def ask(self):
        valid = self.core.now_valid
        is_good = valid is not None and (valid.expires_at is None or self.now < valid.expires_at)
        asked = self.core.ask(self.now)
        self.take_up(asked.todo)
        if self.core.is_closing:
            assert asked.is_refused
            return
        assert asked.entry is (valid if is_good else self.core.coming)
        assert asked.entry.expires_at is None or asked.entry.expires_at > self.now, "never what has expired"
        self.leases.append(asked.entry)

    @precondition(lambda self: any(each.status == MAKING for each in self.core.entries))
    @rule(lifetime=st.none() | st.integers(1, 6), before=st.none() | st.integers(1, 3), data=st.data())
    def arrive(self, lifetime, before, data):
        making = [each for each in self.core.entries if each.status == MAKING]
        self.take_up(self.core.arrived(data.draw(st.sampled_from(making)), self.now, lifetime, before))

    @precondition(lambda self: any(each.status == MAKING for each in self.core.entries))
    @rule(data=st.data())
    def fail(self, data):
        making = [each for each in self.core.entries if each.status == MAKING]
        old = self.core.now_valid
        self.core.missed(data.draw(st.sampled_from(making)), self.now, OSError("down"), 0.0)
        assert self.core.now_valid is old, "the old one stays"
        assert 1.0 <= self.core.not_before - self.now <= 8.0

    @rule(data=st.data())
    def give_back(self, data):
        if self.leases:
            entry = self.leases.pop(data.draw(st.integers(0, len(self.leases) - 1)))
            self.take_up(self.core.give_back(entry, self.now))

    @rule(data=st.data())
    def finish_closing(self, data):
        if self.core.closing:
            self.core.closed(data.draw(st.sampled_from(list(self.core.closing))))

    @rule(seconds=st.integers(0, 4))
    def time_passes(self, seconds):
        self.now += seconds
        valid, coming = self.core.now_valid, self.core.coming
        todo = self.core.due(self.now)
        self.take_up(todo)
        if todo.make:
            assert coming is None
            assert self.now >= max(valid.renew_at, self.core.not_before)
        if self.core.now_valid is not None:
            assert self.core.next_at() > self.now

    @rule()
    def renew(self):
        self.take_up(self.core.renew(self.now))

    @precondition(lambda self: not self.core.is_closing)
    @rule()
    def stop(self):
        self.take_up(self.core.stop())
        assert (self.core.now_valid, self.core.coming) == (None, None)

    @invariant()
    def one_valid_and_one_coming(self):
        assert self.core.now_valid is None or self.core.now_valid.status == OPEN
        assert self.core.coming is None or self.core.coming.status == MAKING

    @invariant()
    def closed_once(self):
        assert all(count == 1 for count in self.close_count.values())
        assert all(entry.status in (CLOSING, GONE) for entry in self.close_count)

    def teardown(self):
        """Whatever has happened, everything ends: closed once, nothing left."""
        if not hasattr(self, "core"):
            return
        self.take_up(self.core.stop())
        for entry in [each for each in self.core.entries if each.status == MAKING]:
            self.take_up(self.core.arrived(entry, self.now, 5, None))
        while self.leases:
            self.take_up(self.core.give_back(self.leases.pop(), self.now))
        for entry in list(self.core.closing):
            self.core.closed(entry)
        self.closed_once()
        assert self.core.is_empty
        assert self.core.n_made == self.core.n_closed == len(self.close_count)


TestVersions = Versions.TestCase


def valid(core, now=0.0, lifetime=100.0, before=None):
    entry = core.ask(now).entry
    core.arrived(entry, now, lifetime, before)
    core.give_back(entry, now)
    return entry


@pytest.mark.parametrize(("before", "renew_at"), [(None, 90.0), (5.0, 95.0), (500.0, 0.0)])
def test_when_the_next_one_is_made(before, renew_at):
    """A tenth of the lifetime before its end, or as said, but never before its beginning."""
    assert valid(RefreshingCore(RETRY), before=before).renew_at == renew_at


def test_the_lifetime_counts_from_the_beginning_of_the_making():
    """What is on its way for long is good for less."""
    core = RefreshingCore(RETRY)
    entry = core.ask(0.0).entry
    core.arrived(entry, 30.0, 100.0, None)

    assert entry.expires_at == 100.0


def test_who_asks_in_time_does_not_wait_for_the_next_one():
    """He gets the old one, and has the next one begun; one is enough."""
    core = RefreshingCore(RETRY)
    old = valid(core)
    asked = core.ask(95.0)

    assert asked.entry is old
    assert asked.todo.make == [core.coming]
    assert core.ask(96.0).todo.make == []


def test_who_asks_too_late_waits():
    """Nothing that has expired is leased, and it is closed."""
    core = RefreshingCore(RETRY)
    old = valid(core)
    asked = core.ask(100.0)

    assert asked.entry is core.coming
    assert asked.todo.close == [old]


def test_a_failed_renewal_is_tried_again_after_a_delay_that_grows():
    """While the old one is valid."""
    core = RefreshingCore(RETRY)
    valid(core)
    begun = []
    now = 90.0
    while now < 100.0:
        todo = core.due(now)
        if todo.make:
            begun.append(now)
            core.missed(todo.make[0], now, OSError("down"), 0.0)
        now += 0.5

    assert begun == [90.0, 91.0, 93.0, 97.0]


def test_once_it_has_expired_each_one_who_asks_tries():
    """The delay is for those who have something valid."""
    core = RefreshingCore(RETRY)
    valid(core)
    first = core.ask(100.0)
    core.missed(first.entry, 100.0, OSError("down"), 0.0)

    assert core.ask(100.0).todo.make == [core.coming]
