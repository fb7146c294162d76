"""What `get` and its kin give, for every kind of key."""

# ruff: noqa: UP045 - both spellings

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Annotated, Any, Generic, NewType, Optional, Protocol, TypeVar, assert_type

from tenure import Container, ResourceScope

T = TypeVar("T")
Url = NewType("Url", str)


class User: ...


class Database:
    def __init__(self, url: str) -> None: ...


class Greeter(Protocol):
    def greet(self) -> str: ...


class Clock(ABC):
    @abstractmethod
    def now(self) -> float: ...


class Repo(Generic[T]):
    def one(self) -> T:
        raise NotImplementedError


def from_a_container(container: Container) -> None:
    assert_type(container.get(Database), Database)
    assert_type(container.get(Greeter), Greeter)
    assert_type(container.get(Clock), Clock)
    assert_type(container.get(Annotated[Database, "replica"]), Database)
    assert_type(container.get(Url), Url)
    assert_type(container.get(Database | None), Database | None)
    assert_type(container.get(Optional[Database]), Database | None)
    assert_type(container.get(list[Database]), list[Database])
    assert_type(container.get(list[Greeter]), list[Greeter])
    assert_type(container.get(dict[str, Clock]), dict[str, Clock])
    assert_type(container.get(Repo[User]), Repo[User])
    assert_type(container.get(Repo[User]).one(), User)
    assert_type(container.get(type[Database]), type[Database])
    assert_type(container.get(Callable[[], Database]), Callable[[], Database])
    assert_type(container.get(Container), Container)
    assert_type(container.get("url"), Any)


def by_item(container: Container) -> None:
    assert_type(container[Database], Database)
    assert_type(container[Greeter], Greeter)
    assert_type(container[Clock], Clock)
    assert_type(container[list[Database]], list[Database])
    assert_type(container[dict[str, Clock]], dict[str, Clock])
    assert_type(container[Repo[User]], Repo[User])
    assert_type(container["url"], Any)
    assert_type(Database in container, bool)


def by_item_where_checkers_do_not_see_a_type(container: Container) -> tuple[Database, Url, Database | None]:
    """In a subscript these are no types for a checker (PEP 747 knows arguments of calls only), but no errors either."""
    return container[Annotated[Database, "replica"]], container[Url], container[Database | None]


async def awaited(container: Container) -> None:
    assert_type(await container.aget(Database), Database)
    assert_type(await container.aget(Greeter), Greeter)
    assert_type(await container.aget(Clock), Clock)
    assert_type(await container.aget(Annotated[Database, "replica"]), Database)
    assert_type(await container.aget(Url), Url)
    assert_type(await container.aget(Database | None), Database | None)
    assert_type(await container.aget(list[Database]), list[Database])
    assert_type(await container.aget(dict[str, Clock]), dict[str, Clock])
    assert_type(await container.aget(Repo[User]), Repo[User])
    assert_type(await container.aget("url"), Any)


def from_a_scope(scope: ResourceScope) -> None:
    assert_type(scope.get(Database), Database)
    assert_type(scope.get(Greeter), Greeter)
    assert_type(scope.get(Clock), Clock)
    assert_type(scope.get(Annotated[Database, "replica"]), Database)
    assert_type(scope.get(Url), Url)
    assert_type(scope.get(Database | None), Database | None)
    assert_type(scope.get(list[Database]), list[Database])
    assert_type(scope.get(dict[str, Clock]), dict[str, Clock])
    assert_type(scope.get(Repo[User]), Repo[User])
    assert_type(scope.get("url"), Any)


async def awaited_from_a_scope(scope: ResourceScope) -> None:
    assert_type(await scope.aget(Database), Database)
    assert_type(await scope.aget(Greeter), Greeter)
    assert_type(await scope.aget(Clock), Clock)
    assert_type(await scope.aget(Annotated[Database, "replica"]), Database)
    assert_type(await scope.aget(Url), Url)
    assert_type(await scope.aget(Database | None), Database | None)
    assert_type(await scope.aget(list[Database]), list[Database])
    assert_type(await scope.aget(dict[str, Clock]), dict[str, Clock])
    assert_type(await scope.aget(Repo[User]), Repo[User])
    assert_type(await scope.aget("url"), Any)


def of_a_type_variable(container: Container, cls: type[T]) -> T:
    """A helper of the user's own that passes a class on keeps its type."""
    return container.get(cls)
