"""Markers: `Provide[...]` has the type of the value, `Provider[...]` of the provider; `inject` keeps signatures."""

# pyright: reportUnnecessaryTypeIgnoreComment=true
# ruff: noqa: B008, PLR0917 - a marker that is called is a default on purpose, and there are many kinds

from collections.abc import AsyncIterator, Iterator
from typing import Annotated, Any, assert_type

from tenure import providers
from tenure.containers import DeclarativeContainer
from tenure.wiring import (
    AutoLoader,
    Closing,
    Provide,
    Provider,
    as_,
    as_float,
    as_int,
    inject,
    invariant,
    is_loader_installed,
    provided,
    register_loader_containers,
    required,
    wire,
)


class Database: ...


class Service:
    name: str = ""

    def __init__(self, database: Database) -> None: ...


class Child(Service): ...


def open_database() -> Iterator[Database]:
    yield Database()


async def connect() -> Database:
    return Database()


class Inner(DeclarativeContainer):
    service = providers.Factory(Service)


class Container(DeclarativeContainer):
    config = providers.Configuration()
    database = providers.Resource(open_database)
    connection = providers.Resource(connect)
    service = providers.Factory(Service, database=database)
    child = providers.Singleton(Child, database=database)
    task = providers.Coroutine(connect)
    inner = providers.Container(Inner)
    anything = providers.Factory("package.module.Anything")


@inject
def by_default(
    number: int,
    service: Service = Provide[Container.service],
    parent: Service = Provide[Container.child],
    database: Database = Closing[Provide[Container.database]],
    connection: Database = Provide[Container.connection],
    fetched: Database = Provide[Container.task],
    anything: Service = Provide[Container.anything],
    inner: Service = Provide[Container.inner.service],
    container: Container = Provide[Container],
) -> str:
    assert_type(service, Service)
    return "x" * number


@inject
def by_name(
    service: Service = Provide["service"],
    database: Database = Closing[Provide["database"]],
    port: int = Provide["config.port", as_int()],
    ratio: float = Provide["config.ratio", required().as_float()],
    level: str = Provide["config", invariant("config.use")],
    user: str = Provide["service", provided().users["first"].name.call(5)],
    self: Container = Provide["<container>"],
) -> None: ...


@inject
def by_annotation(
    service: Annotated[Service, Provide[Container.service]],
    database: Annotated[Database, Closing[Provide[Container.database]]],
    new_service: Annotated[providers.Factory[Service], Provider[Container.service]],
    port: Annotated[int, Provide["config.port", as_int()]],
) -> float:
    assert_type(service, Service)
    assert_type(new_service(), Service)
    return 1.0


@inject
def of_options(
    port: int = Provide[Container.config.port.as_int()],
    ratio: float = Provide[Container.config.ratio.as_float()],
    name: str = Provide[Container.config.name],
    config: dict[str, Any] = Provide[Container.config],
    service_name: str = Provide[Container.service.provided.name],
) -> None: ...


@inject
def of_providers(
    factory: providers.Factory[Service] = Provider[Container.service],
    child: providers.Provider[Service] = Provider[Container.child],
    delegated: providers.Factory[Service] = Provide[Container.service.provider],
    named: providers.Factory[Service] = Provider["service"],
) -> None:
    assert_type(factory(), Service)


@inject
def by_call(
    service: Service = Provide(Container.service), database: Database = Closing(Provide(Container.database))
) -> None: ...


@inject
async def coroutine(number: int, connection: Database = Closing[Provide[Container.connection]]) -> int:
    assert_type(connection, Database)
    return number


@inject
def generator(service: Service = Provide[Container.service]) -> Iterator[int]:
    yield 1


@inject
async def async_generator(service: Service = Provide[Container.service]) -> AsyncIterator[int]:
    yield 1


@inject
class Handlers:
    service: Service = Provide[Container.service]

    def __init__(self, service: Service = Provide[Container.service]) -> None: ...

    @inject
    def method(self, number: int, service: Service = Provide[Container.service]) -> bytes:
        return b""

    @classmethod
    @inject
    def of_class(cls, service: Service = Provide[Container.service]) -> bytes:
        return b""

    @staticmethod
    @inject
    def static(service: Service = Provide[Container.service]) -> bytes:
        return b""


async def called(handlers: Handlers) -> None:
    assert_type(by_default(1), str)
    assert_type(by_default(1, service=Child(Database())), str)
    assert_type(await coroutine(1), int)
    assert_type(generator(), Iterator[int])
    async for number in async_generator():
        assert_type(number, int)
    assert_type(Handlers(), Handlers)
    assert_type(handlers.method(1), bytes)
    assert_type(Handlers.of_class(), bytes)
    assert_type(Handlers.static(), bytes)


def markers() -> None:
    assert_type(Provide[Container.service], Service)
    assert_type(Provide[Container.connection], Database)
    assert_type(Provide[Container.config.port.as_int()], int)
    assert_type(Provide[Container.config.port], Any)
    assert_type(Provide["service"], Any)
    assert_type(Provide[Container.service.provider], providers.Factory[Service])
    assert_type(Provider[Container.service], providers.Factory[Service])
    assert_type(Provider["service"], Any)
    assert_type(Closing[Provide[Container.service]], Service)
    assert_type(Closing[Container.service], Service)
    assert_type(Closing[Provide["service"]], Any)


def modifiers() -> None:
    Provide["config.port", as_(int)]
    Provide["config.port", as_float()]
    Provide["config.port", required().as_(len)]
    Provide[Container.config.port, as_int()]


def by_hand(container: Container) -> None:
    wire(container, modules=["package.module"])
    register_loader_containers(container)
    AutoLoader().register_containers(container)
    assert_type(is_loader_installed(), bool)


def wrong_markers() -> None:
    def value(number: int = Provide[Container.service]) -> None: ...  # type: ignore[assignment]

    def child(service: Child = Provide[Container.service]) -> None: ...  # type: ignore[assignment]

    def closing(service: Service = Closing[Provide[Container.database]]) -> None: ...  # type: ignore[assignment]

    def provider(service: Service = Provider[Container.service]) -> None: ...  # type: ignore[assignment]

    def option(name: str = Provide[Container.config.port.as_int()]) -> None: ...  # type: ignore[assignment]

    def delegated(service: Service = Provide[Container.service.provider]) -> None: ...  # type: ignore[assignment]

    def awaited(connection: Service = Provide[Container.connection]) -> None: ...  # type: ignore[assignment]

    print(value, child, closing, provider, option, delegated, awaited)


def wrong_calls() -> None:
    by_default("x")  # type: ignore[arg-type]
    by_default(1, service=5)  # type: ignore[arg-type]
    by_default()  # type: ignore[call-arg]
    inject(5)  # type: ignore[type-var]
    as_("int")  # type: ignore[arg-type]
    invariant(5)  # type: ignore[arg-type]
    required().as_("int")  # type: ignore[arg-type]
    Provide[Container.service.missing]  # type: ignore[attr-defined]
