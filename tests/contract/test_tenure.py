"""Tenure keeps every law of the contract, by both of its faces and in every world."""

import pytest

from tenure.testing import contract
from tests.contract.adapters import tenure_providers, tenure_types


class TestTypes(contract.Suite):
    """The type-driven face."""

    adapter = tenure_types.Adapter


class TestProviders(contract.Suite):
    """The declarative face."""

    adapter = tenure_providers.Adapter


@pytest.mark.parametrize("law", contract.LAWS, ids=lambda law: law.name)
def test_every_law_is_shown_somewhere(law):
    """Each law has a check, or says which driver of the rig shows it."""
    assert law.rig or any(check.law == law.name for check in contract.CHECKS)


def test_laws_are_numbered_from_1_to_70():
    """There are 70 laws; each has a title of at most eight words and a statement of one sentence."""
    assert [law.number for law in contract.LAWS] == list(range(1, 71))
    assert all(len(law.title.split()) <= 8 for law in contract.LAWS)
    assert all(law.statement.endswith(".") for law in contract.LAWS)
    assert all(law.kind for law in contract.LAWS)
    assert contract.law("L18").title == "dependents close first"


def test_an_unknown_law_is_refused():
    """A law that does not exist is an error that says which there are."""
    with pytest.raises(LookupError, match="L1 to L70"):
        contract.law("L71")


def test_a_suite_skips_what_is_not_offered():
    """A check of something that a library does not have is skipped, and counts as neither kept nor broken."""

    class Nothing(contract.Adapter):
        name = "nothing"

    class TestNothing(contract.Suite):
        adapter = Nothing
        worlds = ("sync",)

    check = next(check for check in contract.CHECKS if check.law == "L57")
    with pytest.raises(pytest.skip.Exception, match="nothing: not offered"):
        TestNothing().hold(check, "sync")
    assert contract.run(Nothing, laws={"L2", "L9", "L25", "L33"}).counts()["broken"] == 0
