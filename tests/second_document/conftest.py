import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))  # for `second_support`


@pytest.fixture(params=["asyncio", "trio"])
def anyio_backend(request):
    return request.param


@pytest.fixture
def lines(capsys):
    """Return the lines printed since it was last called."""
    return lambda: capsys.readouterr().out.splitlines()
