"""The checks of the contract as part of the rig: they run, and what is broken is a violation."""

import pytest

from tests.laws.checks import driver


@pytest.mark.slow
@pytest.mark.timeout(120)
def test_the_quick_part():
    """Every law holds."""
    outcomes = [driver.run(case) for case in driver.cases(full=False)]

    assert [f"{each.case}: {each.text}" for outcome in outcomes for each in outcome.violations] == []
    assert sum(outcome.n_runs for outcome in outcomes) > 50


def test_what_is_no_case():
    with pytest.raises(ValueError, match="no case"):
        driver.run("I:asyncio:types:L99:nothing")


def test_a_closing_that_waits_for_a_turn_is_a_violation(monkeypatch):
    """L45: where neither the closing nor the opening ends, the limit says so."""

    def hangs():
        raise TimeoutError

    monkeypatch.setitem(driver._BACKENDS, "asyncio", hangs)

    outcome = driver.run("I:asyncio:types:L45:turns")

    assert [each.law for each in outcome.violations] == ["L45"]
