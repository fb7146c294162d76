"""Choices: what the members of an enumeration promise."""

import copy
import pickle

import pytest

from tenure.choice import Choice
from tenure.model.binding import Make


class Colour(Choice):
    RED = "red"
    """Of blood."""
    BLUE = "blue"

    @property
    def is_warm(self) -> bool:
        return self is Colour.RED


def test_members() -> None:
    """A member has a name and a value, is of its class, and equals itself only."""
    assert (Colour.RED.name, Colour.RED.value, Colour.RED.is_warm, Colour.BLUE.is_warm) == ("RED", "red", True, False)
    assert isinstance(Colour.RED, Colour)
    assert len({Colour.RED, Colour.BLUE, Colour.RED}) == 2
    assert Colour.RED != "red"  # type: ignore[comparison-overlap]
    assert repr(Colour.RED) == "<Colour.RED: 'red'>"


@pytest.mark.parametrize("same", [copy.copy, copy.deepcopy, lambda member: pickle.loads(pickle.dumps(member))])
def test_copied(same: object) -> None:
    """A copy of a member is the member."""
    assert callable(same)
    assert same(Make.AWAIT) is Make.AWAIT
