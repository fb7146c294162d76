"""Good pattern 3, monitoring: a pool that measures itself, opened by `initialize` and with nothing to dispose of."""

import time

import anyio.lowlevel
import pytest
from document_support import Watch

from tenure.compat.injectq import InjectQ, resource

pytestmark = pytest.mark.anyio


# The document's program.


# Good: Monitor resource usage
@resource
class MonitoredDatabasePool:
    def __init__(self):
        self.active_connections = 0
        self.total_connections_created = 0
        self.connection_times = []

    async def initialize(self):
        # Initialize monitoring
        self.start_time = time.time()

    async def acquire_connection(self):
        start_time = time.time()
        connection = await self._acquire()
        connection_time = time.time() - start_time

        self.connection_times.append(connection_time)
        self.active_connections += 1

        # Log slow connections
        if connection_time > 1.0:  # 1 second
            print(f"Slow connection acquisition: {connection_time}s")

        return connection

    def get_metrics(self):
        return {
            "active_connections": self.active_connections,
            "total_created": self.total_connections_created,
            "avg_connection_time": sum(self.connection_times) / len(self.connection_times)
            if self.connection_times
            else 0,
            "max_connection_time": max(self.connection_times) if self.connection_times else 0,
        }

    async def _acquire(self):  # Mended: the document leaves it out.
        await anyio.lowlevel.checkpoint()
        self.total_connections_created += 1
        return object()


# What holds of it.


async def test_the_first_acquisition_opens_it():
    """`start_time` is there when the method runs, and not before."""
    container = InjectQ()
    watch = Watch(container)
    async with container.resource_scope():
        pool = container.get(MonitoredDatabasePool)
        assert not hasattr(pool, "start_time")
        await pool.acquire_connection()
        start_time = pool.start_time
        await pool.acquire_connection()
        assert pool.start_time == start_time

    assert watch.acts == ["Opened MonitoredDatabasePool", "Closed MonitoredDatabasePool"]


async def test_plain_methods_open_nothing():
    """`get_metrics` cannot wait, so it is called on what is there."""
    container = InjectQ()
    watch = Watch(container)
    async with container.resource_scope():
        pool = container.get(MonitoredDatabasePool)
        assert pool.get_metrics() == {
            "active_connections": 0,
            "total_created": 0,
            "avg_connection_time": 0,
            "max_connection_time": 0,
        }

    assert watch.acts == []


async def test_the_metrics_count():
    """What the methods do to the object is done to the object."""
    pool = MonitoredDatabasePool()
    container = InjectQ()
    container.bind(MonitoredDatabasePool, pool)
    async with container.resource_scope():
        connections = [await pool.acquire_connection() for _ in range(3)]

    metrics = pool.get_metrics()
    assert len(set(connections)) == 3
    assert (metrics["active_connections"], metrics["total_created"]) == (3, 3)
    assert 0 <= metrics["avg_connection_time"] <= metrics["max_connection_time"] < 1


async def test_a_subclass_may_extend_the_opening():
    """`super().initialize()` runs the parent's code, and opens nothing a second time."""

    @resource
    class Named(MonitoredDatabasePool):
        async def initialize(self):
            await super().initialize()
            self.name = f"started at {self.start_time}"

        async def acquire_connection(self):
            return self.name, await super().acquire_connection()

    container = InjectQ()
    watch = Watch(container)
    async with container.resource_scope():
        name, _ = await container.get(Named).acquire_connection()
        assert name.startswith("started at ")

    assert [act.split()[0] for act in watch.acts] == ["Opened", "Closed"]
