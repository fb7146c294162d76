import gc
import sys

import pytest


@pytest.fixture(autouse=True)
def _quick_collections(monkeypatch):
    """Each play calls the collector, which is to look at what the play left and at nothing else."""
    monkeypatch.delitem(sys.modules, "anyio", raising=False)  # its pytest plugin imports it; most programs do not
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()
