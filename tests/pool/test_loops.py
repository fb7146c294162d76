"""A pool on asyncio and trio, played in virtual time with borrowers that come, fail, are cancelled and overstay."""

import pytest
from hypothesis import given, settings
from playing import play_asyncio, play_trio, scripts


@pytest.mark.parametrize("n_examples", [25, pytest.param(400, marks=pytest.mark.slow)])
@pytest.mark.parametrize("play", [play_asyncio, play_trio])
def test_any_script(play, n_examples):
    """Never too many items, none lent twice at a time, none lost, each closed once; whoever waits gets an end."""
    settings(max_examples=n_examples)(given(scripts)(play))()
