"""Driver D keeps quiet about Tenure, and tells what is broken."""

import pytest

from tenure.runtime import at_once, fulfilling
from tests.laws.interrupts import driver
from tests.laws.interrupts.injecting import Injector

CASES = list(driver.cases(full=False))


@pytest.mark.slow
@pytest.mark.parametrize("part", range(4))
def test_no_interrupt_breaks_a_law(part):
    """L69: Ctrl-C at an even part of the bytecodes leaves nothing open, closes nothing twice, hangs nobody."""
    found = [each for case in CASES[part::4] for each in driver.run(case).violations]

    assert not [f"{each.case}: {each.law} {each.text}" for each in found]


def test_ctrl_c_arrives_where_it_is_told_to():
    """The interrupt is raised by the handler in force, at the bytecode of that number."""
    search = driver.Search("sync", "get-gen", "signal")
    n_last = search._injector.n_seen
    search._one((n_last // 2,))

    assert n_last > 50
    assert any(step.act == "closed" for step in search._stage.world.trace.steps) or n_last // 2 < 200
    with pytest.raises(KeyboardInterrupt):
        _interrupted(search)


def _interrupted(search):
    Injector("signal").run(lambda: search._play.containers()[0].snapshot(), (1,))


def test_a_handle_that_is_lost_is_found(monkeypatch):
    """L3, L10: what is open although its opening raised KeyboardInterrupt is found."""
    open_handle = at_once.open_handle

    def losing(binding, made):
        yield from open_handle(binding, made)
        raise KeyboardInterrupt

    monkeypatch.setattr(at_once, "open_handle", losing)
    outcome = driver.run("D:sync:get-context:signal:100000")

    assert "L10" in {each.law for each in outcome.violations}


def test_a_claim_that_stays_is_found(monkeypatch):
    """L43: a claim that is not ended makes everybody wait who comes later."""
    monkeypatch.setattr(fulfilling, "_withdraw", lambda *_: None)
    monkeypatch.setattr(fulfilling.Claim, "fail", lambda *_: None)
    monkeypatch.setattr(at_once, "_opened", _interrupting)
    outcome = driver.run("D:sync:get-again:signal:100000")

    assert "L43" in {each.law for each in outcome.violations}


def _interrupting(*_):
    raise KeyboardInterrupt


def test_unknown_cases_are_refused():
    """A case of an unknown play is no case."""
    with pytest.raises(ValueError, match="no case"):
        driver.run("D:sync:nobody:signal:*")
