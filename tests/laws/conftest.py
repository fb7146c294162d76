"""What the tests of the rig have in common."""

import gc

import pytest


@pytest.fixture(autouse=True, scope="module")
def nothing_older():
    """Have only what is made from here on collected and counted: a long run of tests leaves a million objects."""
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()
