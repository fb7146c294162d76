"""Resolution: parameters by type, qualifiers, collections, options, generics, names, refusals (sections 5, 9)."""

import abc
import dataclasses
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractContextManager, asynccontextmanager, contextmanager
from typing import Annotated, Generic, NewType, Optional, Protocol, TypeVar

import pytest

from tenure import Container, resource, singleton
from tenure.errors import BindingError, BindingInUseError, GraphError, MissingBindingError, ScopeError

T = TypeVar("T")
Url = NewType("Url", str)


class Engine:
    pass


class Turbo(Engine):
    pass


class Car:
    def __init__(self, engine: Engine):
        self.engine = engine


async def test_unbound_classes_bind_themselves(world):
    """Section 5: an unbound concrete class is bound to itself when it is first asked for, as its decorator says."""

    @singleton
    class One:
        pass

    container = Container()

    assert isinstance((await world.get(container, Car)).engine, Engine)
    assert await world.get(container, Car) is not await world.get(container, Car)
    assert await world.get(container, One) is await world.get(container, One)
    with pytest.raises(MissingBindingError):
        await world.get(Container(autobind=False), Car)


@pytest.mark.parametrize("key", [int, str, list, dict, object, type, "name", Url, Callable, int | str])
async def test_builtins_never_bind_themselves(world, key):
    """Section 5: builtins, names, new types and unions are never made by themselves."""
    with pytest.raises(MissingBindingError):
        await world.get(Container(), key)


async def test_abstract_classes_and_protocols(world):
    """Section 5: abstract types need an implementation, and the error names those that would do."""

    class Port(Protocol):
        def use(self): ...

    class Base(abc.ABC):
        @abc.abstractmethod
        def use(self): ...

    class Impl(Base):
        def use(self):
            return 1

    container = Container()
    container.bind(Impl)
    for key in (Port, Base):
        with pytest.raises(MissingBindingError, match=r"abstract|[Pp]rotocol"):
            await world.get(container, key)
    with pytest.raises(BindingError):
        container.bind(Base)
    container.bind(Base, Impl)
    container.bind(Port, Impl)

    assert (await world.get(container, Base)).use() == (await world.get(container, Port)).use() == 1


async def test_qualifiers(world):
    """Section 9: `Annotated[T, "q"]` asks for exactly that key."""

    class Database:
        pass

    class Service:
        def __init__(self, main: Database, replica: Annotated[Database, "replica"]):
            self.main, self.replica = main, replica

    container = Container()
    main, replica = Database(), Database()
    container.bind(Database, main)
    container.bind(Database, replica, name="replica")

    service = await world.get(container, Service)

    assert (service.main, service.replica) == (main, replica)
    assert await world.get(container, Annotated[Database, "replica"]) is replica
    with pytest.raises(MissingBindingError):
        await world.get(container, Annotated[Database, "other"])


async def test_only_qualified_bindings(world):
    """Section 9: where only qualified bindings exist, the bare key is refused with their names."""

    class Database(abc.ABC):
        @abc.abstractmethod
        def use(self): ...

    class Impl(Database):
        def use(self): ...

    container = Container()
    container.bind(Database, Impl, name="a")

    with pytest.raises(MissingBindingError, match="'a'"):
        await world.get(container, Database)


async def test_collections(world, story):
    """Section 9: `list[T]` and `dict[str, T]` collect every binding of T, bare and qualified, in order of binding."""

    class Plugin:
        def __init__(self, number):
            self.number = number

    class Host:
        def __init__(self, every: list[Plugin], by_name: dict[str, Plugin]):
            self.every, self.by_name = every, by_name

    container = Container()
    container.bind(Plugin, lambda: Plugin(1), name="one", scope="singleton")
    container.bind(Plugin, lambda: Plugin(0), scope="singleton")
    container.bind(Plugin, lambda: Plugin(2), name="two", scope="singleton")
    host = await world.get(container, Host)

    assert [plugin.number for plugin in host.every] == [1, 0, 2]
    assert {name: plugin.number for name, plugin in host.by_name.items()} == {"one": 1, "": 0, "two": 2}
    assert (await world.get(container, list[Plugin]))[0] is host.every[0]
    assert list(await world.get(container, dict[str, Plugin])) == ["one", "", "two"]


async def test_collected_later(world):
    """Section 9: a binding made after a collection was first asked for is collected from then on."""

    class Plugin:
        pass

    container = Container()
    container.bind(Plugin, name="one")
    assert len(await world.get(container, list[Plugin])) == 1
    container.bind(Plugin, name="two")

    assert len(await world.get(container, list[Plugin])) == 2


async def test_a_bound_collection(world):
    """Section 9: a binding of `list[T]` itself is given as it is."""

    class Host:
        def __init__(self, numbers: list[int]):
            self.numbers = numbers

    container = Container()
    container.bind(list[int], [1, 2])

    assert (await world.get(container, Host)).numbers == [1, 2]


async def test_optional_and_defaults(world):
    """Section 9: `T | None` and a default take the bound value, else None or the default."""

    class Cache:
        pass

    class Service:
        def __init__(
            self,
            one: Cache | None,
            two: Optional[Cache],  # noqa: UP045 - the older spelling
            name: str = "default",
            size: int | None = 7,
            *,
            other: "Cache | None" = None,
        ):
            self.all = (one, two, name, size, other)

    assert (await world.get(Container(), Service)).all == (None, None, "default", 7, None)
    container = Container()
    cache = Cache()
    container.bind(Cache, cache)
    container.bind(str, "bound")

    assert (await world.get(container, Service)).all == (cache, cache, "bound", 7, cache)


async def test_constants(world):
    """Section 9: `arguments=` gives constants by parameter name."""

    class File:
        def __init__(self, path: str, /, mode: str, *, engine: Engine, **options):
            self.all = (path, mode, engine, options)

    container = Container()
    container.bind(File, arguments={"path": "data", "mode": "r", "extra": 1})
    found = await world.get(container, File)

    assert found.all[:2] == ("data", "r")
    assert isinstance(found.all[2], Engine)
    assert found.all[3] == {"extra": 1}
    with pytest.raises(BindingError, match="no parameter 'moed'"):
        container.bind(Car, arguments={"moed": 1})


async def test_generics(world):
    """Section 5: `Repo[User]` is not `Repo[Order]`, and type variables are passed down."""

    class User:
        pass

    class Order:
        pass

    class Store(Generic[T]):
        pass

    class Repo(Generic[T]):
        def __init__(self, store: Store[T]):
            self.store = store

    users, orders = Store[User](), Store[Order]()
    container = Container()
    container.bind(Store[User], users)
    container.bind(Store[Order], orders)

    assert (await world.get(container, Repo[User])).store is users
    assert (await world.get(container, Repo[Order])).store is orders


async def test_names_and_new_types(world):
    """Section 1: a string and a NewType are keys like any other."""

    class Client:
        def __init__(self, url: Url):
            self.url = url

    container = Container()
    container[Url] = "https://example"
    container["answer"] = 42
    container.bind("made", lambda: [1], scope="singleton")

    assert (await world.get(container, Client)).url == "https://example"
    assert container["answer"] == 42
    assert "answer" in container
    assert "question" not in container
    assert await world.get(container, "made") is await world.get(container, "made")


async def test_values_that_are_functions_and_classes(world):
    """Section 5: `value=` binds the object itself, also where it is a function or class."""

    def function():
        raise AssertionError("called")

    container = Container()
    container.bind("function", value=function)
    container.bind("class", value=Engine)
    container.bind("none", value=None)

    assert await world.get(container, "function") is function
    assert await world.get(container, "class") is Engine
    assert await world.get(container, "none") is None


async def test_a_function_alone(world, story):
    """Section 5: the key of a function alone is what it returns or yields."""

    class Made:
        pass

    def plain() -> Made:
        return Made()

    container = Container()
    container.bind(plain)
    assert isinstance(await world.get(container, Made), Made)

    @contextmanager
    def managed() -> Iterator[Engine]:
        yield Engine()
        story.log.append("closed")

    def generated() -> Iterator[Car]:
        yield Car(Engine())
        story.log.append("closed")

    def context() -> AbstractContextManager[Turbo]:
        @contextmanager
        def inner():
            yield Turbo()
            story.log.append("closed")

        return inner()

    container = Container()
    for function in (managed, generated, context):
        container.bind(function)
    async with world.inside(container.resource_scope()):
        for key in (Engine, Car, Turbo):
            assert type(await world.get(container, key)) is key
    assert story.log == ["closed"] * 3
    with pytest.raises(BindingError, match="annotate"):
        container.bind(lambda: 1)


@pytest.mark.worlds("asyncio", "trio")
async def test_an_asynchronous_function_alone(world):
    """Section 5: the same for asynchronous functions."""
    log = []

    async def awaited() -> Engine:
        return Engine()

    async def generated() -> AsyncIterator[Car]:
        yield Car(Engine())
        log.append("closed")

    @asynccontextmanager
    async def managed() -> AsyncIterator[Turbo]:
        yield Turbo()
        log.append("closed")

    container = Container()
    for function in (awaited, generated, managed):
        container.bind(function)
    async with container.resource_scope():
        for key in (Engine, Car, Turbo):
            assert type(await container.aget(key)) is key

    assert log == ["closed"] * 2


async def test_the_container_injects_itself(world):
    """Section 5: a container is bound to its own type."""

    class Locator:
        def __init__(self, container: Container):
            self.container = container

    class Own(Container):
        pass

    container = Own()

    assert (await world.get(container, Locator)).container is container
    assert await world.get(container, Own) is container


async def test_a_missing_dependency_names_the_path(world):
    """Section 5: what is missing is told with the whole path and the near names, before anything is made."""
    made = []

    class Databse(abc.ABC):
        @abc.abstractmethod
        def use(self): ...

    class Repository:
        def __init__(self, engine: Engine, db: Databse):
            made.append(self)

    class Service:
        def __init__(self, repository: Repository):
            made.append(self)

    class Database:
        pass

    container = Container()
    container.bind(Database)
    with pytest.raises(MissingBindingError) as caught:
        await world.get(container, Service)

    text = str(caught.value)
    assert text.index("Service") < text.index("Repository") < text.rindex("Databse")
    assert "Database" in text
    assert [step.parameter for step in caught.value.path] == [None, "repository", "db"]
    assert made == []


def test_check_tells_everything_at_once():
    """Section 4: check reports all findings at once."""

    class Missing(abc.ABC):
        @abc.abstractmethod
        def use(self): ...

    def needs_missing(value: Missing): ...
    def needs_int(value: int): ...
    def one(value: "two_key"): ...
    def two(value: "one_key"): ...

    one_key, two_key = type("OneKey", (), {}), type("TwoKey", (), {})
    one.__annotations__, two.__annotations__ = {"value": two_key}, {"value": one_key}

    def careless():
        yield 1
        print("closed")

    container = Container()
    container.bind("a", needs_missing)
    container.bind("b", needs_int)
    container.bind(one_key, one)
    container.bind(two_key, two)
    container.bind("careless", careless)

    with pytest.raises(GraphError) as caught:
        container.check()

    kinds = {finding.kind for finding in caught.value.findings}
    assert {"abstract", "uninjectable", "cycle", "unprotected-yield"} <= kinds


def test_check_is_quiet_about_what_is_right():
    """Section 9: a whole graph has no errors and no warnings."""

    def careful():
        try:
            yield 1
        finally:
            pass

    container = Container()
    container.bind(Car)
    container.bind("careful", careful)

    container.check(strict=True)


async def test_dataclasses(world):
    """Section 5: a dataclass is made from its fields."""

    @dataclasses.dataclass
    class Service:
        engine: Engine
        name: str = "service"
        tags: list[str] = dataclasses.field(default_factory=list)

    service = await world.get(Container(), Service)

    assert isinstance(service.engine, Engine)
    assert service.tags == []


async def test_annotations_as_text(world):
    """Section 5: annotations that are text are resolved where they can be."""
    namespace = {"__name__": __name__}
    exec(
        "from __future__ import annotations\n"
        "class Inner: ...\n"
        "class Outer:\n"
        "    def __init__(self, inner: Inner, maybe: Inner | None = None):\n"
        "        self.inner = inner\n",
        namespace,
    )

    found = await world.get(Container(), namespace["Outer"])

    assert isinstance(found.inner, namespace["Inner"])


async def test_rebinding_what_a_class_bound_itself(world):
    """Section 9: a class that was bound to itself and used is in use as any other."""
    container = Container()
    container.bind(Car)
    container.bind(Car)
    await world.get(container, Car)

    with pytest.raises(BindingInUseError):
        container.bind(Engine, Turbo)


async def test_include(world, story):
    """Section 5: what another container binds is bound here too; instances are not shared."""
    one, two = Container(), Container()
    a = story.add(one, "A", scope="singleton")
    two.bind("name", value="two")
    one.bind("name", value="one")
    two.include(one)

    async with world.inside(one), world.inside(two):
        assert await world.get(one, a) is not await world.get(two, a)
        assert await world.get(two, "name") == "two"

    assert story.closes == ["A", "A"]


@pytest.mark.parametrize("lifetime", ["sesion", "root", ""])
def test_unknown_lifetimes(lifetime):
    """Section 9: a lifetime that is no scope of the container is refused when it is bound."""
    with pytest.raises(ScopeError):
        Container().bind(Engine, scope=lifetime or "x")


@pytest.mark.parametrize("scopes", ["request", ("singleton",), ("a", "a"), ("",), (7,), ("call",)])
def test_ladders_are_checked(scopes):
    """Section 9: names of scopes are checked when the container is made."""
    with pytest.raises(BindingError):
        Container(scopes=scopes)


async def test_get_all_resources(world, story):
    """Section 5: get_all_resources gives what is open and seen from here, and opens nothing."""
    container = Container()
    a = story.add(container, "A", scope="singleton")
    b = story.add(container, "B", scope="request")
    story.add(container, "C")
    assert container.get_all_resources() == {}
    first = await world.get(container, a)
    async with world.inside(container.resource_scope()):
        second = await world.get(container, b)
        inside = container.get_all_resources()
    outside = container.get_all_resources()
    await world.close(container)

    assert inside == {a: first, b: second}
    assert outside == {a: first}
    assert container.get_all_resources() == {}
    assert story.opens == ["A", "B"]


async def test_a_resource_function_with_a_qualifier(world, story):
    """Section 9: resources are bound under qualified keys like anything else, and kept apart."""
    container = Container()
    key, target = story.target("A")
    container.bind(key, resource(target), name="a")
    container.bind(key, resource(target), name="b")

    async with world.inside(container.resource_scope()):
        values = await world.get(container, list[key])

    assert values[0] is not values[1]
    assert story.log == ["open A", "open A", "close A", "close A"]
