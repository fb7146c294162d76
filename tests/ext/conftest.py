import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))  # for `ext_support`


@pytest.fixture(params=["asyncio", "trio"])
def anyio_backend(request):
    return request.param


def pytest_configure(config):
    config.addinivalue_line("markers", "shows(column): what a test shows of an integration; see write_table.py")
