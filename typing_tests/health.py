"""What checkers see of health."""

from typing import assert_type

from tenure import Container, containers, managed_resource, resource
from tenure.health import (
    Health,
    HealthReport,
    Probe,
    ResourceHealth,
    asgi_app,
    report,
    report_sync,
    wsgi_app,
)


class Database:
    def ping(self) -> bool:
        return True


async def ask(database: Database) -> None: ...


container = Container()


async def looks() -> None:
    assert_type(await container.health(), HealthReport)
    assert_type(await report(containers.DynamicContainer()), HealthReport)


found = container.health_sync()
assert_type(found, HealthReport)
assert_type(report_sync(container), HealthReport)
assert_type(found.liveness, Probe)
assert_type(found.liveness.reasons, tuple[str, ...])
assert_type(found[Database], ResourceHealth)
assert_type(found[Database].took_s, float | None)
assert_type(found.resources, tuple[ResourceHealth, ...])

assert_type(resource(scope="singleton", health=ask)(Database), type[Database])
assert_type(managed_resource(health="ping")(Database), type[Database])
container.bind(Database, health=Health(lambda database: database.ping(), timeout_s=1, critical=False))
container.bind(Database, health=False)

asgi_app(container, details=True)
wsgi_app(container)
