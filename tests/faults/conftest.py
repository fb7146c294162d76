import sys
from pathlib import Path

import pytest

from tenure.runtime.scope import current

sys.path.insert(0, str(Path(__file__).parent))  # for `fault_support`


@pytest.fixture(params=["asyncio", "trio"])
def anyio_backend(request):
    return request.param


@pytest.fixture(autouse=True)
def no_scope_is_current():
    """A scope that a test left in another thread stays current here: the next test begins outside of any."""
    current.set(None)
    yield
    current.set(None)


@pytest.fixture
def log():
    """What was opened and closed, in order."""
    return []
