"""Resource usage metrics: the document's monitor and Tenure's give the same numbers for the document's program."""

import time

import anyio.lowlevel
import pytest

import tenure.observe
from tenure.compat.injectq import InjectQ, resource
from tenure.errors import CloseError

pytestmark = pytest.mark.anyio


# The document's program.


class ResourceMonitor:
    """Monitor resource usage across the application."""

    def __init__(self, container: InjectQ):
        self.container = container
        self.metrics = {
            "resources_created": 0,
            "resources_disposed": 0,
            "active_resources": 0,
            "resource_errors": 0,
            "avg_lifetime": 0,
        }
        self.resource_lifetimes = []

    def track_resource_creation(self, resource):
        self.metrics["resources_created"] += 1
        self.metrics["active_resources"] += 1
        resource._creation_time = time.time()

    def track_resource_disposal(self, resource):
        self.metrics["resources_disposed"] += 1
        self.metrics["active_resources"] -= 1

        if hasattr(resource, "_creation_time"):
            lifetime = time.time() - resource._creation_time
            self.resource_lifetimes.append(lifetime)
            self.metrics["avg_lifetime"] = sum(self.resource_lifetimes) / len(self.resource_lifetimes)

    def track_resource_error(self, error):
        self.metrics["resource_errors"] += 1

    def get_report(self):
        return {
            **self.metrics,
            "total_lifetimes_tracked": len(self.resource_lifetimes),
            "median_lifetime": sorted(self.resource_lifetimes)[len(self.resource_lifetimes) // 2]
            if self.resource_lifetimes
            else 0,
        }


# Integrate with resource lifecycle
@resource
class MonitoredResource:
    def __init__(self, monitor: ResourceMonitor):
        self.monitor = monitor
        self.monitor.track_resource_creation(self)

    async def dispose(self):
        try:
            await self._cleanup()
        except Exception as e:
            self.monitor.track_resource_error(e)
        finally:
            self.monitor.track_resource_disposal(self)

    async def _cleanup(self):  # Mended: the document leaves it out.
        await anyio.lowlevel.checkpoint()
        if self.fails:
            raise OSError("disk full")

    fails = False


# What holds of it.


@resource
class Plain:
    """Knows of no monitor."""

    async def initialize(self):
        await anyio.lowlevel.checkpoint()

    async def dispose(self):
        await anyio.lowlevel.checkpoint()


@pytest.fixture
def container():
    return InjectQ()


@pytest.fixture
def monitor(container):
    """Tenure's, which sees what the container does."""
    return tenure.observe.ResourceMonitor(container)


@pytest.fixture(params=[ResourceMonitor, tenure.observe.ResourceMonitor], ids=["the document's", "tenure's"])
def either(request, container):
    monitor = request.param(container)
    container.bind(ResourceMonitor, value=monitor)
    return monitor


def counts(monitor):
    """Return created, disposed, active, errors, lifetimes."""
    report = monitor.get_report()
    assert set(report) == {
        "resources_created",
        "resources_disposed",
        "active_resources",
        "resource_errors",
        "avg_lifetime",
        "total_lifetimes_tracked",
        "median_lifetime",
    }
    return (
        report["resources_created"],
        report["resources_disposed"],
        report["active_resources"],
        report["resource_errors"],
        report["total_lifetimes_tracked"],
    )


async def test_a_resource_that_tracks_itself_counts_once(container, either):
    """By hand, although the container reports it too."""
    async with container.resource_scope():
        await container.aget(MonitoredResource)
        assert counts(either) == (1, 0, 1, 0, 0)

    assert counts(either) == (1, 1, 0, 0, 1)
    report = either.get_report()
    assert report["median_lifetime"] == report["avg_lifetime"] > 0


async def test_an_error_told_by_hand_counts_once(container, either):
    """The document's `dispose` tells it and swallows it."""
    async with container.resource_scope():
        (await container.aget(MonitoredResource)).fails = True

    assert counts(either) == (1, 1, 0, 1, 1)


async def test_an_object_that_no_container_manages(either):
    """It tracks itself all the same."""
    unmanaged = MonitoredResource(either)
    assert counts(either) == (1, 0, 1, 0, 0)

    await unmanaged.dispose()
    assert counts(either) == (1, 1, 0, 0, 1)


async def test_several_lives(container, either):
    """Each scope has an object of its own."""
    for _ in range(3):
        async with container.resource_scope():
            await container.aget(MonitoredResource)

    assert counts(either) == (3, 3, 0, 0, 3)


async def test_nobody_has_to_track_anything(container, monitor):
    """Tenure's monitor counts what the container opens and closes."""
    async with container.resource_scope():
        await container.aget(Plain)
        assert counts(monitor) == (1, 0, 1, 0, 0)

    assert counts(monitor) == (1, 1, 0, 0, 1)
    assert 0 < monitor.get_report()["median_lifetime"] < 60


async def test_both_kinds_side_by_side(container, either):
    """Only Tenure's sees the one that does not track itself."""
    async with container.resource_scope():
        await container.aget(MonitoredResource)
        await container.aget(Plain)

    assert counts(either) == (
        (2, 2, 0, 0, 2) if isinstance(either, tenure.observe.ResourceMonitor) else (1, 1, 0, 0, 1)
    )


async def test_a_bound_instance_with_several_lives(container, monitor):
    """It reported one creation, when it was made; its later lives are counted by the container's word."""
    container.bind(MonitoredResource, MonitoredResource(monitor))
    for _ in range(3):
        async with container.resource_scope():
            await container.aget(MonitoredResource)

    assert counts(monitor) == (3, 3, 0, 0, 3)


async def test_failed_openings_are_errors(container, monitor):
    """And nothing is active."""

    @resource
    class Refused:
        async def initialize(self):
            raise ConnectionRefusedError

    async with container.resource_scope():
        with pytest.raises(ConnectionRefusedError):
            await container.aget(Refused)

    assert counts(monitor) == (0, 0, 0, 1, 0)


async def test_a_cancelled_opening_is_no_error(container, monitor):
    """Nobody's fault."""

    @resource
    class Slow:
        async def initialize(self):
            await anyio.sleep_forever()

    with anyio.move_on_after(0.01):
        async with container.resource_scope():
            await container.aget(Slow)

    assert counts(monitor) == (0, 0, 0, 0, 0)


async def test_a_failed_closing_is_a_disposal_and_an_error(container, monitor):
    """Nothing is owed any more."""

    @resource
    class Raises:
        async def dispose(self):
            raise OSError("disk full")

    with pytest.raises(CloseError):
        async with container.resource_scope():
            await container.aget(Raises)

    assert counts(monitor) == (1, 1, 0, 1, 1)


async def test_an_abandoned_closing_is_an_error_and_no_disposal(container, monitor):
    """And not active any more."""

    @resource(close_timeout=0.01)
    class Hangs:
        async def dispose(self):
            await anyio.sleep_forever()

    with pytest.raises(CloseError):
        async with container.resource_scope():
            await container.aget(Hangs)

    assert counts(monitor) == (1, 0, 0, 1, 0)


async def test_a_monitor_that_is_made_late_counts_from_then_on(container):
    """What was open before is not counted when it is closed."""
    async with container.resource_scope():
        await container.aget(Plain)
        late = tenure.observe.ResourceMonitor(container)

    assert counts(late) == (0, 0, 0, 0, 0)


async def test_an_error_told_by_hand_and_raised_counts_once(container, monitor):
    """The same error object, told twice."""
    container.bind(tenure.observe.ResourceMonitor, value=monitor)

    @resource
    class Raises:
        def __init__(self, monitor: tenure.observe.ResourceMonitor):
            self.monitor = monitor

        async def dispose(self):
            error = OSError("disk full")
            self.monitor.track_resource_error(error)
            raise error

    with pytest.raises(CloseError):
        async with container.resource_scope():
            await container.aget(Raises)

    assert counts(monitor) == (1, 1, 0, 1, 1)


async def test_hundreds_of_requests_at_once(container, monitor):
    """The counts add up."""

    async def request():
        async with container.resource_scope():
            await container.aget(Plain)

    async with anyio.create_task_group() as tasks:
        for _ in range(300):
            tasks.start_soon(request)

    assert counts(monitor) == (300, 300, 0, 0, 300)
