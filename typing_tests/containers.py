"""`Container`: how it is made, bound, entered, overridden, looked at and closed."""

from collections.abc import AsyncIterator, Callable, Iterator
from typing import Annotated, Any, Protocol, assert_type

from tenure import Container, ResourceScope
from tenure.errors import Finding
from tenure.events import Event
from tenure.runtime.snapshot import Snapshot


class Settings: ...


class Database:
    def __init__(self, url: str) -> None: ...

    def close(self) -> None: ...


class Greeter(Protocol):
    def greet(self) -> str: ...


class Polite:
    def greet(self) -> str:
        return "good morning"


class Own(Container):
    """A container of the user's own."""


def make_database() -> Iterator[Database]:
    yield Database("sqlite://")


async def make_database_async() -> AsyncIterator[Database]:
    yield Database("sqlite://")


def observer(event: Event) -> None: ...


def made() -> None:
    assert_type(Container(), Container)
    Container(scopes=("session", "request"), close_timeout=5, autobind=False, max_parallel=4, observers=[observer])
    Container(scopes=["request"], close_timeout=None, max_parallel=None, observers=(print,))


def bound(container: Container) -> None:
    assert_type(container.bind(Settings), None)
    container.bind(Settings, Settings)
    container.bind(Settings, Settings())
    container.bind(Database, lambda: Database("sqlite://"))
    container.bind(Settings, value=Settings())
    container.bind(Settings, scope="singleton", name="replica")
    container.bind(Annotated[Settings, "replica"], Settings)
    container.bind(Greeter, Polite)
    container.bind(Database, arguments={"url": "sqlite://"}, close="close")
    container.bind(Database, make_database, scope="request")
    container.bind(Database, make_database_async)
    container.bind(Database, close=lambda database: database.close(), resource=True)
    container.bind(make_database)
    container.bind(make_database_async, scope="singleton")
    container.bind("url", "sqlite://")
    container.bind("url", value="sqlite://")
    container[Settings] = Settings()
    container[Greeter] = Polite
    container["url"] = "sqlite://"
    container.declare(Settings)
    container.declare(Settings, scope="session", name="current")
    container.include(Own())


def entered(container: Container, own: Own) -> None:
    with container as same:
        assert_type(same, Container)
    with own as also:
        assert_type(also, Own)
    container.start_sync()
    container.start_sync(Settings, "url")
    container.close()


async def entered_with_await(container: Container, own: Own) -> None:
    async with container as same:
        assert_type(same, Container)
    async with own as also:
        assert_type(also, Own)
    await container.start(Settings, max_parallel=2)
    await container.aclose()


def scopes(container: Container) -> None:
    with container.resource_scope() as scope:
        assert_type(scope, ResourceScope)
        assert_type(scope.name, str)
        scope.start_sync(Settings)
    with container.resource_scope("request", values={Settings: Settings(), "url": "x"}, max_parallel=2) as scope:
        assert_type(scope.get(Settings), Settings)


async def scopes_with_await(container: Container) -> None:
    async with container.resource_scope() as scope:
        assert_type(scope, ResourceScope)
        await scope.start(Settings, Database, max_parallel=2)


def overridden(container: Container) -> None:
    with container.override(Settings, Settings()):
        pass
    with container.override(Greeter, value=Polite()):
        pass
    with container.override(Settings, Settings, scope="singleton"):
        pass


async def overridden_with_await(container: Container) -> None:
    async with container.override(Settings, Settings()):
        pass


def looked_at(container: Container) -> None:
    assert_type(container.findings(), tuple[Finding, ...])
    assert_type(container.findings(sync=True), tuple[Finding, ...])
    container.check()
    container.check(sync=True, strict=True)
    assert_type(container.get_all_resources(), dict[Any, Any])
    assert_type(container.snapshot(), Snapshot)
    assert_type(container.observe(observer), Callable[[], None])
    container.observe(lambda event: None)


def snapshots(snapshot: Snapshot) -> None:
    assert_type(snapshot.state, str)
    for resource in snapshot.resources:
        assert_type(resource.label, str)
        assert_type(resource.age_s, float)
        assert_type(resource.scope_id, int)
    for scope in snapshot.scopes:
        assert_type(scope.parent_id, int | None)
