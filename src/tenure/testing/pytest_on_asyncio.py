"""The asynchronous fixtures for pytest-asyncio, which knows its own by their decorator; loaded where it is there."""

from typing import Any

import pytest_asyncio

from tenure.testing.pytest_fixtures import end_on_loop, scope_on_loop

ending_on_asyncio: Any = pytest_asyncio.fixture(name="_tenure_ending_on_asyncio")(end_on_loop)
scope_on_asyncio: Any = pytest_asyncio.fixture(name="_tenure_scope_on_asyncio")(scope_on_loop)
