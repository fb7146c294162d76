"""`providers.Resource`: what every kind of initializer gives; a call of an asynchronous one has to be awaited."""

# pyright: reportUnnecessaryTypeIgnoreComment=true

import sqlite3
from collections.abc import AsyncGenerator, AsyncIterator, Coroutine, Generator, Iterator
from contextlib import asynccontextmanager, contextmanager
from functools import partial
from types import TracebackType
from typing import Any, Self, TextIO, assert_type

from tenure import resources
from tenure.containers import DeclarativeContainer
from tenure.providers import BaseResource, ContextLocalResource, Factory, Provider, Resource


class Database:
    def query(self, text: str) -> int:
        return len(text)


class Service:
    def __init__(self, database: Database) -> None: ...


def function(url: str) -> Database:
    return Database()


def without_value(level: str) -> None: ...


def generator() -> Iterator[Database]:
    yield Database()


def full_generator() -> Generator[Database, None, None]:
    yield Database()


@contextmanager
def manager() -> Generator[Database, None, None]:
    yield Database()


class Manager:
    def __init__(self, url: str) -> None: ...

    def __enter__(self) -> Database:
        return Database()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


def open_file(path: str) -> TextIO:
    return open(path, encoding="utf-8")


class Opened(resources.Resource[Database]):
    def init(self, url: str) -> Database:
        return Database()

    def shutdown(self, resource: Database | None) -> None: ...


class Yielding(resources.Resource[Database]):
    def init(self, url: str) -> Iterator[Database]:
        yield Database()


async def coroutine(url: str) -> Database:
    return Database()


async def coroutine_without_value() -> None: ...


async def async_generator() -> AsyncIterator[Database]:
    yield Database()


async def full_async_generator() -> AsyncGenerator[Database, None]:
    yield Database()


@asynccontextmanager
async def async_manager() -> AsyncGenerator[Database, None]:
    yield Database()


class AsyncManager:
    async def __aenter__(self) -> Database:
        return Database()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


class Both(Manager, AsyncManager):
    """It can be entered either way, and is entered with `async with`."""


class Client:
    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


def client(url: str) -> Client:
    return Client()


class OpenedLater(resources.AsyncResource[Database]):
    async def init(self, url: str) -> Database:
        return Database()

    async def shutdown(self, resource: Database | None) -> None: ...


class YieldingLater(resources.AsyncResource[Database]):
    async def init(self, url: str) -> AsyncIterator[Database]:
        yield Database()


class Container(DeclarativeContainer):
    function = Resource(function, url="sqlite://")
    without_value = Resource(without_value, "INFO")
    generator = Resource(generator)
    full_generator = Resource(full_generator)
    manager = Resource(manager)
    manager_class = Resource(Manager, "sqlite://")
    file = Resource(open_file, "x.txt")
    opened = Resource(Opened, "sqlite://")
    yielding = Resource(Yielding, "sqlite://")
    given = Resource(lambda: function("sqlite://"))
    library = Resource(sqlite3.connect, ":memory:")

    coroutine = Resource(coroutine, function)
    coroutine_without_value = Resource(coroutine_without_value)
    async_generator = Resource(async_generator)
    full_async_generator = Resource(full_async_generator)
    async_manager = Resource(async_manager)
    async_manager_class = Resource(AsyncManager)
    both = Resource(Both, "sqlite://")
    client = Resource(client, "https://")
    client_class = Resource(Client)
    opened_later = Resource(OpenedLater, "sqlite://")
    yielding_later = Resource(YieldingLater, "sqlite://")
    partial = Resource(partial(coroutine, "sqlite://"))

    by_text = Resource("package.module.open_database", 1)
    empty = Resource()

    local = ContextLocalResource(generator)
    local_later = ContextLocalResource(async_generator)

    service = Factory(Service, database=async_generator)


def at_once(container: Container) -> None:
    assert_type(container.function(), Database)
    assert_type(container.without_value, Resource[None])
    container.without_value()
    assert_type(container.generator(), Database)
    assert_type(container.full_generator(), Database)
    assert_type(container.manager(), Database)
    assert_type(container.manager_class(), Database)
    assert_type(container.file(), TextIO)
    assert_type(container.opened(), Database)
    assert_type(container.yielding(), Database)
    assert_type(container.given(), Database)
    assert_type(container.library(), Any)  # a function with overloads, one of which returns what it is asked for
    assert_type(container.local(), Database)
    assert_type(container.function.init(), Database)
    assert_type(container.function.initialized, bool)
    container.function.init()
    container.function.shutdown()


async def later(container: Container) -> None:
    assert_type(await container.coroutine(), Database)
    await container.coroutine_without_value()
    assert_type(await container.async_generator(), Database)
    assert_type(await container.full_async_generator(), Database)
    assert_type(await container.async_manager(), Database)
    assert_type(await container.async_manager_class(), Database)
    assert_type(await container.both(), Database)
    assert_type(await container.client(), Client)
    assert_type(await container.client_class(), Client)
    assert_type(await container.opened_later(), Database)
    assert_type(await container.yielding_later(), Database)
    assert_type(await container.local_later(), Database)
    assert_type((await container.coroutine()).query("x"), int)
    assert_type(await container.coroutine.init(), Database)
    assert_type(await container.coroutine.shutdown(), None)
    await container.function.shutdown()
    task: Coroutine[Any, Any, Database] = container.coroutine()
    assert_type(await task, Database)


async def of_any_kind(container: Container) -> None:
    """`async_` is the same for all; what needs something asynchronous cannot be told from what does not."""
    assert_type(await container.function.async_(), Database)
    assert_type(await container.async_generator.async_(), Database)
    assert_type(container.service(), Service)
    assert_type(await container.service.async_(), Service)


async def of_what_is_not_known(container: Container) -> None:
    assert_type(container.by_text, Resource[Any])
    assert_type(container.by_text(), Any)
    assert_type(await container.by_text(), Any)
    assert_type(container.empty, Resource[Any])
    await container.partial()  # checkers differ: mypy sees no result through it
    assert_type(Resource[Database]("package.module.open_database")(), Database)


def as_one_type(container: Container) -> tuple[Resource[Database], BaseResource[Database], Provider[object]]:
    """An asynchronous one is a `Resource` of its value too."""
    return container.async_generator, container.local_later, container.opened_later


def in_annotations(first: Resource[Database], second: Resource, third: BaseResource) -> None:  # any resource
    assert_type(first(), Database)
    assert_type(second, Resource[Any])
    assert_type(third(), Any)


class RequestResource(Resource[Any]):
    """A class of one's own, for `init_resources(RequestResource)`."""


async def together(container: Container) -> None:
    await container.init_resources()
    await container.init_resources(resource_type=RequestResource)
    await container.shutdown_resources()
    await container.shutdown_resources(Resource)
    container.init_resources()
    container.shutdown_resources()


def initializer_classes(opened: Opened, later: OpenedLater) -> None:
    assert_type(opened.obj, Database | None)
    with opened as database:
        assert_type(database, Database | None)


class OfAnything(resources.Resource):
    """Without a parameter it is a resource of anything."""

    def init(self) -> Database:
        return Database()


def wrong(container: Container) -> None:
    Resource(5)  # type: ignore[call-overload]
    text: str = container.generator()  # type: ignore[assignment]
    container.generator().missing()  # type: ignore[attr-defined]
    container.init_resources(Database)  # type: ignore[arg-type]
    container.shutdown_resources(resource_type="Resource")  # type: ignore[arg-type]
    print(text)


async def wrong_later(container: Container) -> None:
    container.coroutine()  # type: ignore[unused-coroutine]
    container.coroutine().query("x")  # type: ignore[attr-defined]
    database: Database = container.async_generator()  # type: ignore[assignment]
    await container.generator()  # type: ignore[misc]
    await container.init_resources  # type: ignore[misc]
    print(database)


class WrongInit(resources.Resource[Database]):
    def init(self) -> int:  # type: ignore[override]
        return 5


class WrongLater(resources.AsyncResource[Database]):
    async def init(self) -> int:  # type: ignore[override]
        return 5
