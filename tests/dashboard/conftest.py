import sys
import threading
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))  # for `shop` and `looking`

BACKENDS = {"asyncio": "asyncio", "uvloop": ("asyncio", {"use_uvloop": True}), "trio": "trio"}


@pytest.fixture(params=BACKENDS)
def anyio_backend(request):
    if request.param == "uvloop":
        pytest.importorskip("uvloop")
    return BACKENDS[request.param]


@pytest.fixture(autouse=True)
def _no_threads_left():
    """The thread that lays a graph out ends with it."""
    yield
    for thread in threading.enumerate():
        if thread.name.startswith("tenure dashboard"):
            thread.join(20)
            assert not thread.is_alive()
