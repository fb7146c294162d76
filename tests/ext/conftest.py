import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))  # for `ext_support`


@pytest.fixture(params=["asyncio", "trio"])
def anyio_backend(request):
    return request.param
