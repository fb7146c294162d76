"""One body on sync, asyncio and trio, as for the engine; and resources that write down what happens to them."""

import pytest

from tenure.runtime.scope import current
from tests.engine.conftest import (  # noqa: F401  # hooks and fixtures
    _no_threads_left,
    pytest_configure,
    pytest_generate_tests,
    pytest_pyfunc_call,
    world,
)
from tests.providers.support import Log


@pytest.fixture
def log():
    return Log()


@pytest.fixture(autouse=True)
def _outside_of_scopes():
    """Each test begins and ends outside of any scope."""
    assert current.get() is None
    yield
    assert current.get() is None
