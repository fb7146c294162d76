"""Random programs come to the same with both libraries, on the ground where they are meant to agree."""

import asyncio

import pytest
from hypothesis import HealthCheck, given, settings

from tests.differential.playing import play
from tests.differential.random_programs import random_programs
from tests.differential.running import OURS, THEIRS

pytestmark = pytest.mark.filterwarnings("ignore:coroutine:RuntimeWarning")  # theirs drops some when a call fails
_MANY = settings(max_examples=200, suppress_health_check=[HealthCheck.too_slow])


@pytest.mark.slow
@_MANY
@given(random_programs())
def test_synchronous_programs(program):
    """Values, identities, openings, closings and errors of synchronous programs are the same."""
    assert asyncio.run(play(program, OURS)) == asyncio.run(play(program, THEIRS))


@pytest.mark.slow
@_MANY
@given(random_programs(is_asynchronous=True))
def test_asynchronous_programs(program):
    """Programs with coroutines and asynchronous resources, awaited where that is needed, come to the same."""
    assert asyncio.run(play(program, OURS)) == asyncio.run(play(program, THEIRS))
