"""The adapters of other libraries work: they open, share and close something in every world they are meant for."""

import pytest

from tenure.testing import contract
from tests.contract.peers import OTHERS

BASIC = {"a_debt_is_there_as_soon_as_the_value_is", "what_two_need_is_opened_once", "building_opens_nothing"}


@pytest.mark.parametrize("peer", OTHERS, ids=lambda peer: peer.title)
def test_the_adapter_of_a_peer_works(peer):
    """What every container does is seen to be done; what is broken beyond that is the table's to tell."""
    if not peer.is_installed:
        pytest.skip(f"{peer.needs} is not installed; the extra `peers` brings it")

    results = contract.run(peer.adapter, laws={"L1", "L2", "L3"})
    basic = [verdict for verdict in results.verdicts if verdict.check in BASIC]

    assert basic
    assert {verdict.world for verdict in basic} == set(peer.adapter.worlds)
    assert [verdict.told() for verdict in basic if verdict.outcome == "broken"] == []
