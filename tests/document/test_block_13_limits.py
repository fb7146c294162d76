"""
Bad pattern 2, exhaustion.

What Tenure makes of it: a resource without an end is a finding; a slow opening or closing ends at its limit, by name.
"""

import anyio
import pytest
from document_support import Connection, Watch

from tenure.compat.injectq import InjectQ, ResourceExhaustedError, resource
from tenure.errors import CloseError, ResourceError, ResourceTimeoutError

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("connections")]


async def create_connection():
    return await Connection.open(":memory:")


# The document's program.


# Bad: No limits on resource usage
@resource
class UnlimitedPool:
    def __init__(self):
        self.connections = []

    async def acquire_connection(self):
        # Create unlimited connections - can exhaust system
        conn = await create_connection()
        self.connections.append(conn)
        return conn


# Bad: Long-running resources
@resource
class LongRunningResource:
    async def initialize(self):
        # Very slow initialization
        await anyio.sleep(30)  # 30 seconds!  Mended: the document has asyncio.sleep, which trio does not know.

    async def dispose(self):
        # Slow cleanup
        await anyio.sleep(10)


# What holds of it.


async def test_a_pool_without_an_end_works_as_it_was_written():
    """It has nothing to open and nothing to close: whoever acquired has to close."""
    container = InjectQ()
    async with container.resource_scope():
        pool = container.get(UnlimitedPool)
        for _ in range(20):
            await pool.acquire_connection()
    await container.aclose()

    assert len(pool.connections) == 20
    assert all(connection.is_open for connection in pool.connections)
    for connection in pool.connections:
        await connection.close()


async def test_a_pool_without_an_end_is_a_finding():
    """`findings()` says that nothing will be closed."""
    container = InjectQ()
    container.bind(UnlimitedPool)

    [finding] = [finding for finding in container.findings() if finding.kind == "nothing-to-close"]
    assert finding.level == "warning"
    assert "UnlimitedPool" in str(finding)


async def test_a_slow_opening_ends_at_its_limit():
    """The error names the resource and the limit; nothing is owed."""

    @resource(open_timeout=0.01)
    class Limited(LongRunningResource):
        async def work(self):
            raise AssertionError("called although it is not open")

    container = InjectQ()
    watch = Watch(container)
    with pytest.raises(ResourceTimeoutError, match=r"Limited .*did not open within 0\.01 s") as caught:
        async with container.resource_scope():
            await container.get(Limited).work()

    assert (caught.value.phase, caught.value.limit_s) == ("open", 0.01)
    assert isinstance(caught.value, TimeoutError)
    assert isinstance(caught.value, ResourceError)
    assert [act.split()[0] for act in watch.acts] == ["OpenFailed"]


async def test_a_slow_closing_is_abandoned_at_its_limit_and_the_others_still_close():
    """It is named, and the scope is left."""

    @resource(close_timeout=0.01)
    class Limited(LongRunningResource):
        async def initialize(self):
            pass

        async def work(self):
            return "done"

    @resource
    class Other:
        async def initialize(self):
            self.connection = await create_connection()

        async def dispose(self):
            await self.connection.close()

        async def work(self):
            return "done"

    container = InjectQ()
    watch = Watch(container)
    with anyio.fail_after(5):
        with pytest.raises(CloseError) as caught:
            async with container.resource_scope():
                assert await container.get(Other).work() == "done"
                assert await container.get(Limited).work() == "done"

    [error] = caught.value.exceptions
    assert isinstance(error, ResourceTimeoutError)
    assert (error.phase, error.limit_s) == ("close", 0.01)
    assert "Limited" in str(error)
    assert [act.split()[0] for act in watch.acts] == ["Opened", "Opened", "Abandoned", "Closed"]


async def test_the_container_has_a_limit_for_what_it_owns():
    """`Container(close_timeout=...)`: a resource without a limit of its own gets it at the container's end."""

    @resource
    class Limited(LongRunningResource):
        async def initialize(self):
            pass

        async def work(self):
            return "done"

    container = InjectQ(close_timeout=0.01)
    container.bind(Limited, Limited())
    await container.get(Limited).work()
    with anyio.fail_after(5), pytest.raises(CloseError) as caught:
        await container.aclose()

    assert [type(error) for error in caught.value.exceptions] == [ResourceTimeoutError]


async def test_no_limit_for_opening_unless_it_is_asked_for():
    """An opening may take as long as it takes; here it is let go on by hand."""
    go_on = anyio.Event()

    @resource
    class Patient:
        async def initialize(self):
            await go_on.wait()

        async def work(self):
            return "done"

    container = InjectQ()
    async with container.resource_scope(), anyio.create_task_group() as tasks:
        tasks.start_soon(container.get(Patient).work)
        await anyio.wait_all_tasks_blocked()
        go_on.set()


async def test_a_pool_is_told_exhausted_by_the_user():
    """The error class is there for pools of the user's own."""
    assert issubclass(ResourceExhaustedError, ResourceError)
    assert str(ResourceExhaustedError("No available connections")) == "No available connections"
