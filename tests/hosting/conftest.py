import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "ext"))  # for what these tests share with those of integrations


@pytest.fixture(params=["asyncio", "trio"])
def anyio_backend(request):
    return request.param
