"""Health checks: the document's checker and Tenure's say the same of the document's resources."""

from typing import Annotated

import anyio
import pytest
from document_support import Connection, Watch

import tenure.observe
from tenure.compat.injectq import InjectQ, resource

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("connections")]


# The document's program.


class ResourceHealthChecker:
    """Check health of resources."""

    def __init__(self, container: InjectQ):
        self.container = container

    async def check_all_resources(self):
        """Check health of all resources."""
        results = {}

        # Get all resources (this would require container introspection)
        resources = self.container.get_all_resources()

        for resource_type, resource in resources.items():  # noqa: F402  # as in the document
            try:
                health = await self.check_resource_health(resource)
                results[resource_type.__name__] = health
            except Exception as e:
                results[resource_type.__name__] = {"status": "error", "error": str(e)}

        return results

    async def check_resource_health(self, resource):
        """Check health of a single resource."""
        if hasattr(resource, "health_check"):
            # Resource has built-in health check
            return await resource.health_check()
        elif hasattr(resource, "ping"):
            # Simple ping check
            await resource.ping()
            return {"status": "healthy"}
        else:
            # Basic check - try to use the resource
            try:
                # This is resource-type specific
                if hasattr(resource, "execute"):
                    await resource.execute("SELECT 1")
                elif hasattr(resource, "get"):
                    await resource.get("health_check_key")
                else:
                    # Unknown resource type
                    return {"status": "unknown", "message": "No health check available"}

                return {"status": "healthy"}
            except Exception as e:
                return {"status": "unhealthy", "error": str(e)}


# Usage
async def main(container):  # Mended: the document awaits at the top level of a module.
    health_checker = ResourceHealthChecker(container)
    health_status = await health_checker.check_all_resources()

    for resource_name, status in health_status.items():
        if status["status"] != "healthy":
            print(f"Resource {resource_name} is unhealthy: {status}")


# What holds of it.


class Connected:
    """A resource on a real connection; `break_` closes that behind its back."""

    async def initialize(self):
        self.connection = await Connection.open(":memory:")

    async def dispose(self):
        if self.connection.is_open:
            await self.connection.close()

    async def break_(self):
        await self.connection.close()


@resource
class Checked(Connected):
    async def health_check(self):
        return {"status": "degraded", "lag_s": 3}


@resource
class Pinged(Connected):
    async def ping(self):
        await self.connection.execute("SELECT 1")


@resource
class Database(Connected):
    async def execute(self, query):
        return await self.connection.execute(query)


@resource
class Cache(Connected):
    async def get(self, key):
        rows = await self.connection.execute("SELECT ?", key)
        return rows[0][0]


@resource
class Silent(Connected):
    pass


ALL = (Checked, Pinged, Database, Cache, Silent)


@pytest.fixture
def container():
    return InjectQ()


@pytest.fixture(
    params=[ResourceHealthChecker, tenure.observe.ResourceHealthChecker], ids=["the document's", "tenure's"]
)
def either(request, container):
    return request.param(container)


@pytest.fixture
def checker(container):
    return tenure.observe.ResourceHealthChecker(container)


async def test_every_kind_of_resource(container, either):
    """Each is checked by the first method that it has."""
    async with container.resource_scope():
        for kind in ALL:
            await container.aget(kind)

        assert await either.check_all_resources() == {
            "Checked": {"status": "degraded", "lag_s": 3},
            "Pinged": {"status": "healthy"},
            "Database": {"status": "healthy"},
            "Cache": {"status": "healthy"},
            "Silent": {"status": "unknown", "message": "No health check available"},
        }


async def test_broken_resources(container, either):
    """A `ping` that raises is an error; work that raises is bad health."""
    async with container.resource_scope():
        for kind in (Pinged, Database, Cache):
            await (await container.aget(kind)).break_()

        assert await either.check_all_resources() == {
            "Pinged": {"status": "error", "error": "Cannot operate on a closed database."},
            "Database": {"status": "unhealthy", "error": "Cannot operate on a closed database."},
            "Cache": {"status": "unhealthy", "error": "Cannot operate on a closed database."},
        }


@pytest.mark.parametrize("kind", ["the document's", "tenure's"])
async def test_the_program_prints_what_is_not_healthy(container, kind, capsys, monkeypatch):
    """The same lines with either checker."""
    if kind == "tenure's":
        monkeypatch.setitem(globals(), "ResourceHealthChecker", tenure.observe.ResourceHealthChecker)
    async with container.resource_scope():
        await container.aget(Database)
        await (await container.aget(Cache)).break_()
        await main(container)

    assert capsys.readouterr().out == (
        "Resource Cache is unhealthy: {'status': 'unhealthy', 'error': 'Cannot operate on a closed database.'}\n"
    )


async def test_what_is_not_open_is_not_checked(container, either, connections):
    """And not opened: neither what is bound, nor what was got and not used yet."""
    watch = Watch(container)
    for kind in ALL:
        container.bind(kind, kind())
    async with container.resource_scope():
        container.get(Database)
        assert await either.check_all_resources() == {}

    assert watch.acts == []
    assert connections == []


async def test_asked_for_one_that_is_not_open(container, checker, connections):
    """The checker says so, and opens nothing."""
    database = Database()
    container.bind(Database, database)
    async with container.resource_scope():
        assert await checker.check_resource_health(database) == {"status": "not open"}
        assert connections == []
        await database.execute("SELECT 1")
        assert await checker.check_resource_health(database) == {"status": "healthy"}

    assert await checker.check_resource_health(database) == {"status": "not open"}
    assert len(connections) == 1


async def test_two_resources_of_one_class_are_both_checked(container, checker):
    """Bound under qualifiers, each is told by its key."""
    container.bind(Pinged)
    container.bind(Pinged, name="replica")
    async with container.resource_scope():
        await container.aget(Pinged)
        replica = await container.aget(Annotated[Pinged, "replica"])
        await replica.break_()
        statuses = await checker.check_all_resources()

    assert {name: status["status"] for name, status in statuses.items()} == {
        "Pinged": "healthy",
        "Pinged['replica']": "error",
    }


async def test_what_no_container_manages_can_be_checked(checker):
    """It is the user's, open or not."""
    database = Database()
    await database.initialize()
    assert await checker.check_resource_health(database) == {"status": "healthy"}
    await database.dispose()

    assert (await checker.check_resource_health(database))["status"] == "unhealthy"


async def test_sync_resources_are_checked_inline(container, checker):
    """A plain method is as good as a coroutine."""

    @resource
    class Plain:
        def initialize(self):
            pass

        def ping(self):
            raise OSError("no route")

    with container.resource_scope():
        container.get(Plain)
        assert await checker.check_all_resources() == {"Plain": {"status": "error", "error": "no route"}}


async def test_a_hanging_resource_keeps_nobody_waiting(container):
    """It is unhealthy after its limit; the others have answered long before."""

    @resource
    class Hanging:
        async def initialize(self):
            pass

        async def ping(self):
            await anyio.sleep_forever()

    checker = tenure.observe.ResourceHealthChecker(container, timeout_s=0.01)
    async with container.resource_scope():
        await container.aget(Hanging)
        await container.aget(Database)
        with anyio.fail_after(5):
            statuses = await checker.check_all_resources()

    assert statuses == {
        "Hanging": {"status": "unhealthy", "error": "ping: no answer within 0.01 s"},
        "Database": {"status": "healthy"},
    }


async def test_checks_leave_everything_as_it_was(container, checker):
    """Nothing is opened, nothing closed, by a hundred checks."""
    watch = Watch(container)
    async with container.resource_scope():
        await container.aget(Database)
        for _ in range(100):
            await checker.check_all_resources()
        assert watch.acts == ["Opened Database"]

    assert watch.acts == ["Opened Database", "Closed Database"]
