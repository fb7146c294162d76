"""Driver C keeps quiet about Tenure, and tells what is broken."""

import pytest

from tenure.lifecycle import circles, claim
from tenure.runtime import at_once, leaving, misses
from tests.laws.threads import driver
from tests.laws.threads.scenarios import SCENARIOS
from tests.laws.threads.search import Search

CASES = list(driver.cases(full=False))


@pytest.mark.slow
@pytest.mark.parametrize("part", range(4))
def test_no_schedule_breaks_a_law(part):
    """L2, L9, L15, L37, L38, L41, L42, L43 hold in an even part of the schedules of every scenario."""
    found = [each for case in CASES[part::4] for each in driver.run(case).violations]

    assert not [f"{each.case}: {each.law} {each.text}" for each in found]


def broken_laws(*names):
    """Return the laws that the first violations in the scenarios *names* are of."""
    laws = set()
    for name in names:
        with Search(name) as search:
            _, found = next(search.explore(2, 400), ((), ()))
        laws |= {each.law for each in found}
    return laws


def test_a_claim_without_the_lock_is_found(monkeypatch):
    """L2: without the lock two threads claim the same resource."""

    def claim_for(engine, binding, home, n_own=1):
        if binding.key in home.cache:
            return None, False
        home.refuse_unless_open()
        found = home.inflight.get(binding.key)
        if found is not None:
            return found, False
        found = home.inflight[binding.key] = claim.Claim(binding, binding)
        return found, True

    monkeypatch.setattr(at_once, "claim_for", claim_for)

    assert "L2" in broken_laws("same")


def test_a_cache_looked_at_twice_without_a_lock_is_found(monkeypatch):
    """L2: who looks, makes and looks again makes two."""

    def obtain(engine, binding, home, scope):
        if binding.key in home.cache:
            return home.cache[binding.key]
        found = home.inflight[binding.key] = claim.Claim(binding, binding)
        return at_once._fulfil(engine, binding, home, found, engine.plans.facts(binding))

    monkeypatch.setattr(misses, "obtain_at_once", obtain)

    assert "L2" in broken_laws("same")


def test_a_second_close_that_does_not_wait_is_found(monkeypatch):
    """L15: a second close that returns at once returns too early."""

    def join(scope, ending, outcome):
        yield from ()
        return outcome

    monkeypatch.setattr(leaving, "_join", join)

    assert "L15" in broken_laws("closes-2")


def test_a_close_that_waits_for_no_opening_is_found(monkeypatch):
    """L37: what is opened while the container closes is owed by nobody."""

    def ended(engine, scope, closer, is_async):
        yield from ()

    monkeypatch.setattr(leaving, "_openings_ended", ended)

    assert broken_laws("get-close", "chain-close") & {"L10", "L15", "L18", "L41"}


def test_circles_that_nobody_looks_for_are_found(monkeypatch):
    """L38: two threads that wait for each other are a violation, not a hang."""
    monkeypatch.setattr(circles.Joining, "_begin", lambda self: None)

    assert "L38" in broken_laws("circle")


def test_a_lock_held_while_user_code_runs_is_found(monkeypatch):
    """L42: the lock of all engines must not be held while a resource opens."""
    make = at_once._opened

    def locked(engine, *args):
        with engine.lock:
            return make(engine, *args)

    monkeypatch.setattr(at_once, "_opened", locked)

    assert "L42" in broken_laws("disjoint")
    assert broken_laws("own-locks") & {"L38", "L42"}


def test_a_replay_is_the_same_schedule():
    """A case that names its switches runs one schedule; unknown ones are refused."""
    assert driver.run("C:threads:same:0>1,20>0").n_runs == 1
    with pytest.raises(ValueError, match="no case"):
        driver.run("C:threads:nobody:<=2/10")


def test_there_are_scenarios_enough():
    """The scenarios are the cases."""
    assert len(CASES) == len(SCENARIOS) >= 25
