"""What every folder of tests shares."""

from collections.abc import Iterator

import pytest
from hypothesis import settings

from tenure.runtime.registry import shared_lock

# The machines are noisy: how long one example takes says nothing; pytest-timeout ends what hangs.
settings.register_profile("tenure", deadline=None, parent=settings())  # CI: the same examples each time
settings.load_profile("tenure")


@pytest.fixture(autouse=True)
def lock_is_free() -> Iterator[None]:
    """No test leaves the lock of all engines taken: each thread of any later test would wait for ever."""
    yield
    lock, n_held = shared_lock(), 0
    while lock._is_owned():
        lock.release()
        n_held += 1
    assert n_held == 0
