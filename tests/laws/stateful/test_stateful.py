"""The quick part of driver E finds nothing; and engines that are broken on purpose are found out."""

from collections import Counter

import pytest

from tenure.lifecycle import closing
from tenure.runtime import emptying, leaving
from tests.laws.stateful import driver
from tests.laws.stateful.machine import MACHINES, BrokenLaw

pytestmark = [pytest.mark.slow, pytest.mark.timeout(120)]
SORTS = ("sync:machine", "asyncio:machine", "trio:machine", "asyncio:program", "asyncio:declared")


@pytest.mark.parametrize("sort", SORTS)
def test_quick_part(sort):
    """No life and no program of the quick part breaks a law."""
    outcomes = [driver.run(case) for case in driver.cases(full=False) if case.startswith(f"E:{sort}:")]

    assert outcomes
    assert [str(each) for outcome in outcomes for each in outcome.violations] == []
    assert sum(outcome.n_runs for outcome in outcomes) >= 100


def test_cases_are_the_same_each_time():
    """The quick part is part of the whole, and no case comes twice."""
    quick, full = list(driver.cases(full=False)), list(driver.cases(full=True))

    assert set(quick) <= set(full)
    assert max(Counter(full).values()) == 1
    assert quick == list(driver.cases(full=False))


@pytest.mark.parametrize("case", ["A:sync:machine:1", "E:nowhere:machine:1", "E:asyncio:nothing:1"])
def test_no_case(case):
    """What is no case is refused."""
    with pytest.raises(ValueError, match="no case"):
        driver.run(case)


def broken_laws(world="sync", n_lives=60):
    """Return the laws that the first broken lives under a few seeds break."""
    found = set()
    for number in range(4):
        try:
            driver.live(type("Broken", (MACHINES[world],), {}), number, n_lives)
        except BrokenLaw as error:
            found.add(error.law)
    return found


def test_first_opened_first_closed_is_found(monkeypatch):
    """A scope that closes in order of opening breaks the order."""

    def in_order_of_opening(scope, exits, closer):
        for exit_ in exits:
            yield from emptying.close_exit_of(scope, exit_, closer)

    monkeypatch.setattr(leaving, "close_exits", in_order_of_opening)

    assert broken_laws() & {"L18", "L19"}


def test_forgetting_an_exit_is_found(monkeypatch):
    """A scope that closes all but its oldest resource leaves it open."""
    close_exits = leaving.close_exits
    monkeypatch.setattr(leaving, "close_exits", lambda scope, exits, closer: close_exits(scope, exits[1:], closer))

    assert broken_laws() & {"L9", "L10", "L46"}


def test_children_left_open_are_found(monkeypatch):
    """A scope that leaves those inside it open breaks their order."""

    def none(*_):
        return
        yield

    monkeypatch.setattr(leaving, "_cut_off_children", none)

    assert broken_laws() & {"L10", "L18", "L46"}


def test_swallowed_error_is_found(monkeypatch):
    """Closing errors that are dropped are missed."""
    take = closing.Closer.close

    def close(self, exit_):
        yield from take(self, exit_)
        self.report.failed.clear()

    monkeypatch.setattr(closing.Closer, "close", close)

    assert broken_laws() & {"L10", "L23", "L46", "L57"}


def test_stop_at_the_first_error_is_found(monkeypatch):
    """Closing that stops at the first error leaves the rest open."""
    close = closing.Closer.close

    def stops(self, exit_):
        if not self.report.failed:
            yield from close(self, exit_)
        exit_.done = True
        exit_.end()  # else whoever closes it again would wait for ever

    monkeypatch.setattr(closing.Closer, "close", stops)

    assert broken_laws() & {"L9", "L10", "L46", "L57", "L59"}
