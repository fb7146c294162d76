"""
Bad pattern 3, errors in `dispose`.

What Tenure makes of it: everything else is still closed, every error is reported, and none hides the body's own.
"""

import anyio
import pytest
from document_support import Connection, Watch

from tenure.compat.injectq import InjectQ, resource
from tenure.errors import CloseError, closing_errors

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("connections")]


# The document's program.


# Bad: Exceptions in `dispose`
@resource
class BadDisposeResource:
    async def dispose(self):
        # Don't raise exceptions in dispose
        if self.resource:
            await self.resource.close()
        raise Exception("Dispose failed!")  # Bad!


# Bad: Ignoring dispose errors
@resource
class IgnoringErrorsResource:
    async def dispose(self):
        try:
            await self.resource.close()
        except Exception:
            pass  # Silently ignore - can hide issues


# What holds of it.


class Broken:
    """Cannot be closed."""

    async def close(self):
        raise OSError("disk full")


@resource
class Good:
    async def initialize(self):
        self.connection = await Connection.open(":memory:")

    async def dispose(self):
        await self.connection.close()


@resource
class SecondBad:
    async def initialize(self):
        pass

    async def dispose(self):
        raise LookupError("second")


@pytest.fixture
def container():
    return InjectQ()


@pytest.fixture
def watch(container):
    return Watch(container)


async def bad(container):
    resource = await container.aget(BadDisposeResource)
    resource.resource = None
    return resource


async def test_an_error_in_dispose_is_reported_as_a_group_of_it(container, watch):
    """Exactly the objects that were raised."""
    with pytest.raises(CloseError) as caught:
        async with container.resource_scope():
            await bad(container)

    assert [(type(error), str(error)) for error in caught.value.exceptions] == [(Exception, "Dispose failed!")]
    assert watch.acts == ["Opened BadDisposeResource", "CloseFailed BadDisposeResource"]


async def test_its_own_connection_is_closed_before_it_raises(container):
    """What `dispose` does before it raises is done; `connections` counts it."""
    with pytest.raises(CloseError):
        async with container.resource_scope():
            (await bad(container)).resource = await Connection.open(":memory:")


async def test_the_others_are_closed_all_the_same(container, watch):
    """Those opened before it and those opened after it; all errors, in order of closing."""
    with pytest.raises(CloseError) as caught:
        async with container.resource_scope():
            await container.aget(SecondBad)
            await container.aget(Good)
            await bad(container)

    assert [str(error) for error in caught.value.exceptions] == ["Dispose failed!", "second"]
    assert watch.acts[3:] == ["CloseFailed BadDisposeResource", "Closed Good", "CloseFailed SecondBad"]


async def test_the_errors_can_be_taken_apart(container):
    """`except*` knows a group of them."""
    taken = []
    try:
        async with container.resource_scope():
            await container.aget(SecondBad)
            await bad(container)
    except* LookupError as group:
        taken += group.exceptions
    except* Exception as group:
        taken += group.exceptions

    assert sorted(str(error) for error in taken) == ["Dispose failed!", "second"]


async def test_the_bodys_error_leaves_as_itself(container):
    """The closing error travels with it: as an object, and as a note."""
    error = LookupError("body")
    with pytest.raises(LookupError) as caught:
        async with container.resource_scope():
            await bad(container)
            raise error

    assert caught.value is error
    assert [str(other) for other in closing_errors(error)] == ["Dispose failed!"]
    assert any("Dispose failed!" in note for note in error.__notes__)


async def test_a_cancellation_leaves_as_itself(container, watch):
    """An error in `dispose` does not turn it into a failure."""
    with anyio.CancelScope() as cancellation:
        async with container.resource_scope():
            await container.aget(Good)
            await bad(container)
            cancellation.cancel()
            await anyio.sleep_forever()

    assert cancellation.cancelled_caught
    assert watch.acts[2:] == ["CloseFailed BadDisposeResource", "Closed Good"]


async def test_nothing_is_owed_after_a_failed_closing(container, watch):
    """It is not tried again: not by the scope, not by the container."""
    with pytest.raises(CloseError):
        async with container.resource_scope():
            await bad(container)
    await container.aclose()

    assert watch.acts == ["Opened BadDisposeResource", "CloseFailed BadDisposeResource"]


async def test_an_error_in_dispose_that_is_the_classs_own_fault(container):
    """`self.resource` was never set: the AttributeError is told, not swallowed."""
    with pytest.raises(CloseError) as caught:
        async with container.resource_scope():
            await container.aget(BadDisposeResource)

    assert [type(error) for error in caught.value.exceptions] == [AttributeError]


async def test_an_error_that_dispose_ignores_is_nobodys(container, watch):
    """Tenure reports what leaves `dispose`; what a class swallows it cannot see."""
    async with container.resource_scope():
        (await container.aget(IgnoringErrorsResource)).resource = Broken()

    assert watch.acts == ["Opened IgnoringErrorsResource", "Closed IgnoringErrorsResource"]


async def test_a_class_with_only_dispose_is_open_once_it_exists(container, watch):
    """There is nothing to wait for: `get` gives it open, and it is closed with the scope."""
    async with container.resource_scope():
        container.get(IgnoringErrorsResource).resource = Broken()
        assert watch.acts == ["Opened IgnoringErrorsResource"]

    assert watch.acts == ["Opened IgnoringErrorsResource", "Closed IgnoringErrorsResource"]
