"""Checks see what is wrong: each of them fails on one container at least that was made to break its law."""

import pytest

from tenure.testing import contract
from tests.contract.naive.bank import BANK

SEEN = {}
"""The results of each container of the bank, made once."""


def results_of(adapter):
    if adapter not in SEEN:
        SEEN[adapter] = contract.run(adapter, ("sync", "asyncio", "trio"), laws=BANK[adapter].split(), limit_s=2)
    return SEEN[adapter]


@pytest.mark.slow
@pytest.mark.timeout(120)
@pytest.mark.parametrize("adapter", BANK, ids=lambda adapter: adapter.name)
def test_a_naive_container_breaks_its_laws(adapter):
    """Each container of the bank is seen to break exactly the laws that it was made to break."""
    results = results_of(adapter)

    assert results.laws_broken() == set(BANK[adapter].split())


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_every_check_can_fail():
    """There is no check that the whole bank passes."""
    failed = {verdict.check for adapter in BANK for verdict in results_of(adapter).broken()}

    assert {check.name for check in contract.CHECKS} - failed == set()


def test_a_failure_tells_law_reason_and_trace():
    """A verdict carries what was expected and what user code saw."""
    results = contract.run(next(iter(BANK)), ("sync",), laws={"L14"})
    (verdict,) = results.broken()

    assert verdict.law == "L14"
    assert "although B swallowed it" in verdict.reason
    assert "closing      B1 ValueError('body')" in verdict.trace


def test_results_are_plain_data():
    """Results survive the way to JSON and back."""
    results = contract.run(next(iter(BANK)), ("sync",), laws={"L14", "L18"})

    assert contract.Results.from_data(results.as_data()) == results
