import sys
import threading
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))  # for `health_support`

BACKENDS = {"asyncio": "asyncio", "uvloop": ("asyncio", {"use_uvloop": True}), "trio": "trio"}


@pytest.fixture(params=BACKENDS)
def anyio_backend(request):
    if request.param == "uvloop":
        pytest.importorskip("uvloop")
    return BACKENDS[request.param]


@pytest.fixture(params=["asyncio", "trio"])
def virtual(request):
    """Return a function that runs an asynchronous one on a clock that jumps; it is given the clock."""
    from health_support import VIRTUAL

    return VIRTUAL[request.param]


@pytest.fixture(autouse=True)
def _no_threads_left():
    before = set(threading.enumerate())
    yield
    left = [thread for thread in threading.enumerate() if thread not in before and thread.name.startswith("tenure")]
    for thread in left:
        thread.join(5)
    assert [thread.name for thread in left if thread.is_alive()] == []
