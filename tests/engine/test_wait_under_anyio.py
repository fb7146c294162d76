"""A wait that goes on whoever cancels, in a scope of anyio's, which cancels again and again."""

import anyio
import pytest

from tenure.lifecycle.latch import Latch

pytestmark = pytest.mark.anyio


@pytest.fixture(params=["asyncio", "trio"])
def anyio_backend(request):
    return request.param


async def test_it_ends_on_time():
    """The limit holds, and the cancellation is given back."""
    with anyio.fail_after(20):
        with anyio.CancelScope() as scope:
            scope.cancel()
            saved = await Latch().wait_out(0.001)
            assert isinstance(saved, anyio.get_cancelled_exc_class())
            raise saved

    assert scope.cancelled_caught


async def test_it_ends_when_it_is_opened():
    """What opens it gets its turn meanwhile."""
    latch = Latch()
    async with anyio.create_task_group() as tasks:
        with anyio.CancelScope() as scope:
            scope.cancel()
            tasks.start_soon(_open, latch)
            assert await latch.wait_out(20) is not None

    assert latch.is_set


async def _open(latch):
    await anyio.sleep(0)
    latch.set()
