"""One body on sync, asyncio and trio, and resources that write down what happens to them: as for providers."""

from tests.providers.conftest import (  # noqa: F401  # hooks and fixtures
    _no_threads_left,
    _outside_of_scopes,
    log,
    pytest_configure,
    pytest_generate_tests,
    pytest_pyfunc_call,
    world,
)
