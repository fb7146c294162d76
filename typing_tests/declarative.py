"""Declarative and dynamic containers: what their attributes give, on the class and on an instance."""

# pyright: reportUnnecessaryTypeIgnoreComment=true

from collections.abc import Awaitable
from typing import Any, Protocol, assert_type

from tenure import ResourceScope, containers, providers
from tenure.containers import DeclarativeContainer, DynamicContainer
from tenure.errors import Finding
from tenure.events import Event
from tenure.runtime.snapshot import Snapshot


class Database: ...


class Clock(Protocol):
    def now(self) -> float: ...


class Service:
    def __init__(self, database: Database) -> None: ...


async def connect(url: str) -> Database:
    return Database()


class Gateways(DeclarativeContainer):
    config = providers.Configuration()
    database = providers.Resource(connect, config.url)


class Application(DeclarativeContainer):
    wiring_config = containers.WiringConfiguration(modules=["package.module"], auto_wire=False)

    config = providers.Configuration(yaml_files=["config.yml"])
    core = providers.DependenciesContainer()
    clock = providers.Dependency(instance_of=Clock)
    gateways = providers.Container(Gateways, config=config.gateways)
    database = providers.Singleton(Database)
    service = providers.Factory(Service, database=gateways.database)
    again = providers.Factory(Service, database=database)
    new_service = service.provider


class Derived(Application):
    more = providers.Factory(Service, database=Application.database)


def made() -> None:
    assert_type(Application(), Application)
    Application(service=providers.Object(5), core=Gateways(), config={"url": "x"})
    assert_type(Derived().more(), Service)
    assert_type(Derived().service(), Service)


def attributes(container: Application) -> None:
    assert_type(container.database, providers.Singleton[Database])
    assert_type(container.database(), Database)
    assert_type(container.service(), Service)
    assert_type(container.new_service(), providers.Factory[Service])
    assert_type(Application.service, providers.Factory[Service])
    assert_type(Application.service(), Service)
    assert_type(container.clock().now(), float)


def nested(container: Application) -> None:
    """Attributes of a container inside are not told; those of what it gives are."""
    assert_type(container.gateways, providers.Container[Gateways])
    assert_type(container.gateways(), Gateways)
    assert_type(container.gateways.container, Gateways)
    assert_type(container.gateways.database, Any)
    assert_type(container.gateways.container.database.initialized, bool)
    assert_type(container.core.anything(), Any)


async def nested_and_awaited(container: Application) -> None:
    assert_type(await container.gateways.container.database(), Database)
    assert_type(await container.gateways.database(), Any)


async def resources(container: Application) -> None:
    await container.init_resources()
    await container.shutdown_resources()
    assert_type(container.init_resources(), Awaitable[None])
    await container.gateways.container.database.shutdown()


def overridden(container: Application) -> None:
    with container.override_providers(service=providers.Object(5), database=Database()) as same:
        assert_type(same, Application)
    container.override_providers(service=5)
    container.override(Derived())
    container.reset_last_overriding()
    container.reset_override()
    with container.database.override(providers.Object(Database())) as replacing:
        assert_type(replacing, providers.Object[Database])
    with container.reset_singletons() as same:
        assert_type(same, Application)


def overridden_class() -> None:
    Application.override(Derived)
    with Application.override_providers(service=providers.Object(5)):
        pass
    Application.reset_override()


@containers.override(Application)
class Overriding(DeclarativeContainer):
    database = providers.Singleton(Database)


@containers.copy(Application)
class Copied(Application):
    database = providers.Singleton(Database)


def decorated() -> None:
    assert_type(Overriding().database(), Database)
    assert_type(Copied().service(), Service)


def looked_at(container: Application) -> None:
    assert_type(container.providers, dict[str, providers.Provider[Any]])
    assert_type(container.dependencies, dict[str, providers.Provider[Any]])
    assert_type(container.parent_name, str | None)
    assert_type(container.resolve_provider_name(container.service), str)
    assert_type(Application.resolve_provider_name(Application.service), str)
    assert_type(containers.is_container(container), bool)
    for provider in container.traverse():
        assert_type(provider, providers.Provider[Any])
    for singleton in container.traverse(types=[providers.Singleton]):
        assert_type(singleton, providers.Singleton[Any])
    container.check_dependencies()


def wired(container: Application) -> None:
    container.wire(modules=["package.module"], packages=["package"], from_package="package")
    container.wire(modules=[containers], warn_unresolved=True, strict=True)
    container.unwire()


async def with_scopes(container: Application) -> None:
    assert_type(container.findings(), tuple[Finding, ...])
    container.check(sync=True, strict=True)
    assert_type(container.snapshot(), Snapshot)
    container.observe(lambda event: assert_type(event, Event))
    with container.resource_scope("request") as scope:
        assert_type(scope, ResourceScope)
    async with container.resource_scope():
        await container.aget("service")


def dynamic() -> None:
    container = DynamicContainer()
    container.service = providers.Factory(Service)
    container.set_providers(database=providers.Singleton(Database))
    container.set_provider("other", providers.Singleton(Database))
    assert_type(container.anything(), Any)


def any_container(container: containers.Container) -> Awaitable[None]:
    assert_type(container.anything, Any)
    return container.init_resources()


def as_any_container() -> list[containers.Container]:
    return [Application(), DynamicContainer()]


def undecidable(container: Application) -> None:
    """Any name may be that of a provider; what it would be overridden with as well."""
    container.nonexistent()
    container.override_providers(nonexistent=5)


def wrong(container: Application) -> None:
    text: str = container.service()  # type: ignore[assignment]
    container.service().missing  # type: ignore[attr-defined]
    container.database.missing()  # type: ignore[attr-defined]
    providers.Container(Service)  # type: ignore[type-var]
    container.set_provider("service", Service)  # type: ignore[arg-type]
    container.set_providers(service=5)  # type: ignore[arg-type]
    container.override_providers(5)  # type: ignore[call-arg]
    container.init_resources(providers.Singleton)  # type: ignore[arg-type]
    container.wire(["package"], modul="x")  # type: ignore[call-arg]
    containers.WiringConfiguration(module=["x"])  # type: ignore[call-arg]
    container.findings(synchronous=True)  # type: ignore[call-arg]
    print(text)


async def wrong_waiting(container: Application) -> None:
    await container.service()  # type: ignore[misc]
    await container.gateways()  # type: ignore[attr-defined]
    container.gateways.container.database()  # type: ignore[unused-coroutine]
    container.aget("service")  # type: ignore[unused-coroutine]
