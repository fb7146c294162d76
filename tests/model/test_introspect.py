"""What a target needs and what a function makes, read from signatures; the string annotations are in their own file."""

# ruff: noqa: B024, B027, PYI034, UP045 - what users write, in each spelling

import dataclasses
import functools
import typing
from abc import ABC
from collections.abc import (
    AsyncGenerator,
    AsyncIterable,
    AsyncIterator,
    Awaitable,
    Callable,
    Coroutine,
    Generator,
    Iterable,
    Iterator,
)
from contextlib import (
    AbstractAsyncContextManager,
    AbstractContextManager,
    asynccontextmanager,
    contextmanager,
)
from dataclasses import dataclass, field
from typing import Annotated, Any, Generic, NamedTuple, NewType, Optional, TypeVar

import pytest

from tenure import Inject
from tenure.errors import BindingError
from tenure.model.binding import NOTHING, Collect, Need
from tenure.model.introspect import needs_of, product_of, returns_context, settle, substitute
from tenure.model.place import location

T = TypeVar("T")
K = TypeVar("K")
Url = NewType("Url", str)


class Settings: ...


class Database: ...


class Repo(Generic[T]):
    def __init__(self, item: T, items: list[T], maybe: T | None = None) -> None: ...


class Pair(Generic[K, T]):
    def __init__(self, left: K, right: T, both: dict[str, T]) -> None: ...


class UserRepo(Repo[Settings]): ...


def need(name, key, **others):
    return Need(name, key, **others)


def needs(target, arguments=None):
    """Return what *target* needs, leaving aside how it is passed, which has a test of its own."""
    return tuple(dataclasses.replace(each, by_position=False) for each in needs_of(target, arguments or {}))


def test_parameters_in_order():
    """Needs come in the order of the parameters, with their keys."""

    def make(settings: Settings, url: Url, replica: Annotated[Database, "replica"]) -> None: ...

    assert needs(make) == (
        need("settings", Settings),
        need("url", Url),
        need("replica", Annotated[Database, "replica"]),
    )


@pytest.mark.parametrize("hint", [Settings | None, Optional[Settings], None | Settings])
def test_optional_in_each_spelling(hint):
    """`T | None`, `None | T` and `Optional[T]` are the same need, one that None will do for."""

    def make(settings: hint) -> None: ...

    assert needs(make) == (need("settings", Settings, optional=True),)


def test_defaults_are_kept():
    """A default stands beside the key, None among them."""

    def make(settings: Settings = 1, database: Database | None = None) -> None: ...

    assert needs(make) == (
        need("settings", Settings, default=1),
        need("database", Database, optional=True, default=None),
    )


def test_collections():
    """`list[T]` and `dict[str, T]` ask for every binding of `T`; other collections are keys of their own."""

    def make(a: list[Settings], b: dict[str, Settings], c: dict[int, Settings], d: list, e: set[Settings]) -> None: ...

    assert needs(make) == (
        need("a", Settings, collect=Collect.LIST),
        need("b", Settings, collect=Collect.DICT),
        need("c", dict[int, Settings]),
        need("d", list),
        need("e", set[Settings]),
    )


def test_optional_collection():
    """`list[T] | None` collects, and does without."""

    def make(every: list[Settings] | None) -> None: ...

    assert needs(make) == (need("every", Settings, optional=True, collect=Collect.LIST),)


def test_how_parameters_are_passed():
    """What stands before `/` is passed by position, what stands after `*` by keyword."""

    def make(settings: Settings, /, database: Database, *, url: Url) -> None: ...

    passed = {each.name: each.by_position for each in needs_of(make, {})}

    assert passed["settings"] is True
    assert passed["url"] is False


def test_variadic_parameters_need_nothing():
    """`*args` and `**kwargs` are left empty."""

    def make(settings: Settings, *args: Database, **kwargs: Database) -> None: ...

    assert needs(make) == (need("settings", Settings),)


def test_arguments_reach_keyword_parameters():
    """A constant that no parameter is named after goes into `**kwargs`."""

    def make(settings: Settings, **kwargs: int) -> None: ...

    assert needs(make, {"port": 1}) == (need("settings", Settings), need("port", NOTHING, default=1))


def test_arguments_take_the_place_of_needs():
    """A constant stands for the parameter's key and default."""

    def make(settings: Settings, port: int = 5) -> None: ...

    assert needs(make, {"settings": None, "port": 1}) == (
        need("settings", NOTHING, default=None),
        need("port", NOTHING, default=1),
    )


def test_unknown_argument():
    """A constant for a parameter that is not there is an error that names those that are."""

    def make(settings: Settings, port: int) -> None: ...

    with pytest.raises(BindingError, match="has no parameter 'prt'; its parameters: settings, port"):
        needs_of(make, {"prt": 1})


def test_parameter_without_annotation():
    """Without annotation there is no key, with or without a default."""

    def make(a, b=1): ...

    assert needs(make) == (need("a", NOTHING), need("b", NOTHING, default=1))


def test_class_without_init():
    """A class that defines no initialiser needs nothing."""
    assert needs(Settings) == ()


def test_inherited_init():
    """An inherited initialiser is read like an own one."""

    class Base:
        def __init__(self, settings: Settings) -> None: ...

    class Derived(Base): ...

    assert needs(Derived) == (need("settings", Settings),)


def test_class_that_makes_itself_by_new():
    """A class with `__new__` and no initialiser is read by that."""

    class Made:
        def __new__(cls, settings: Settings) -> "Made":
            return super().__new__(cls)

    assert needs(Made) == (need("settings", Settings),)


def test_dataclass():
    """A dataclass needs its fields; what has a default or a factory can do without."""

    @dataclass
    class Point:
        settings: Settings
        replica: Annotated[Database, "replica"]
        port: int = 5
        names: list[str] = field(default_factory=list)
        hidden: Database = field(init=False)

    found = needs(Point)

    assert [(each.name, each.key) for each in found] == [
        ("settings", Settings),
        ("replica", Annotated[Database, "replica"]),
        ("port", int),
        ("names", str),
    ]
    assert found[2].default == 5
    assert found[3].default is not NOTHING


def test_named_tuple():
    """A named tuple needs its fields."""

    class Point(NamedTuple):
        settings: Settings
        port: int = 5

    assert needs(Point) == (need("settings", Settings), need("port", int, default=5))


def test_partial():
    """A partial needs what was not given to it yet."""

    def make(port: int, settings: Settings, *, url: Url) -> Database: ...

    found = needs(functools.partial(make, 5, url="x"))

    assert found[0] == need("settings", Settings)
    assert [each.name for each in found if each.default is NOTHING] == ["settings"]


def test_bound_method():
    """A bound method needs its parameters without `self`."""

    class Factory:
        def make(self, settings: Settings) -> Database: ...

        @classmethod
        def make_too(cls, settings: Settings) -> Database: ...

        @staticmethod
        def make_as_well(settings: Settings) -> Database: ...

    for method in (Factory().make, Factory.make_too, Factory.make_as_well):
        assert needs(method) == (need("settings", Settings),)


def test_decorated_function():
    """A decorator that says what it wraps does not hide the parameters."""

    def decorator(function):
        @functools.wraps(function)
        def wrapper(*args, **kwargs):
            return function(*args, **kwargs)

        return wrapper

    @decorator
    def make(settings: Settings) -> Database: ...

    assert needs(make) == (need("settings", Settings),)
    assert product_of(make) is Database


def test_context_manager_functions():
    """`@contextmanager` and `@asynccontextmanager` keep parameters and product."""

    @contextmanager
    def make(settings: Settings) -> Iterator[Database]:
        yield Database()

    @asynccontextmanager
    async def make_async(settings: Settings) -> AsyncIterator[Database]:
        yield Database()

    for function in (make, make_async):
        assert needs(function) == (need("settings", Settings),)
        assert product_of(function) is Database


def test_generic_with_arguments():
    """What a generic class needs follows from what its variables stand for."""
    assert needs(Repo[Settings]) == (
        need("item", Settings),
        need("items", Settings, collect=Collect.LIST),
        need("maybe", Settings, optional=True, default=None),
    )


def test_generic_with_two_variables():
    """Each variable stands for its own argument."""
    assert needs(Pair[Settings, Database]) == (
        need("left", Settings),
        need("right", Database),
        need("both", Database, collect=Collect.DICT),
    )


def test_generic_within_a_generic():
    """Arguments may be generic themselves."""
    assert needs(Repo[Repo[Settings]])[0] == need("item", Repo[Settings])


def test_subclass_of_a_generic_alias():
    """A subclass of `Repo[Settings]` needs what that needs."""
    assert needs(UserRepo)[0] == need("item", Settings)


def test_type_variable_left_open():
    """Without arguments the variable itself is the key."""
    assert needs(Repo)[0] == need("item", T)


def test_substitute_inside():
    """A variable is replaced wherever it stands."""
    assert substitute(dict[str, list[T]], {T: Settings}) == dict[str, list[Settings]]
    assert substitute(Settings, {T: Database}) is Settings
    assert substitute(T | None, {T: Settings}) == Settings | None


def test_markers_are_no_qualifiers():
    """`Inject()` says that a parameter is injected, not what it is."""

    def make(
        a: Annotated[Settings, Inject()],
        b: Annotated[Settings, "q", Inject()],
        c: Settings = Inject(),
        d=Inject[Database],
        e: Any = Inject[Annotated[Database, "q"]],
    ) -> None: ...

    assert needs(make) == (
        need("a", Settings),
        need("b", Annotated[Settings, "q"]),
        need("c", Settings),
        need("d", Database),
        need("e", Annotated[Database, "q"]),
    )


def test_builtin_without_signature():
    """What has no readable signature is an error with the way out."""
    with pytest.raises(BindingError, match=r"^int has no readable signature: .*; bind a function that makes it(?m:$)"):
        needs_of(int, {})


@pytest.mark.parametrize(
    "hint",
    [
        Settings,
        Settings | None,
        Awaitable[Settings],
        Coroutine[Any, Any, Settings],
        AbstractContextManager[Settings],
        AbstractAsyncContextManager[Settings],
        Awaitable[AbstractContextManager[Settings]],
    ],
)
def test_product_of_a_plain_function(hint):
    """What a function makes is what its annotation holds in the end."""

    def make() -> hint: ...

    assert product_of(make) is Settings


@pytest.mark.parametrize("hint", [Iterator[Settings], Iterable[Settings], Generator[Settings, None, None]])
def test_product_of_a_generator(hint):
    """A generator makes what it yields."""

    def make() -> hint:
        yield

    assert product_of(make) is Settings


@pytest.mark.parametrize("hint", [AsyncIterator[Settings], AsyncIterable[Settings], AsyncGenerator[Settings, None]])
def test_product_of_an_async_generator(hint):
    """So does an async generator."""

    async def make() -> hint:
        yield

    assert product_of(make) is Settings


def test_product_keeps_qualifiers_and_arguments():
    """What is made may be qualified or generic."""

    def qualified() -> Annotated[Settings, "q"]: ...

    def generic() -> Repo[Settings]: ...

    def yields() -> Iterator[Annotated[Settings, "q"]]:
        yield

    assert product_of(qualified) == Annotated[Settings, "q"]
    assert product_of(generic) == Repo[Settings]
    assert product_of(yields) == Annotated[Settings, "q"]


@pytest.mark.parametrize("hint", [None, Any, Iterator, AbstractContextManager, "Nowhere"])
def test_product_that_is_no_key(hint):
    """An annotation that names no value is an error."""

    def make() -> hint:
        yield

    with pytest.raises(BindingError, match="which is no key; give the key"):
        product_of(make)


def test_returns_context():
    """A plain function may be annotated to return a context manager; its colour comes from there."""

    def sync() -> AbstractContextManager[Settings]: ...

    def asynchronous() -> AbstractAsyncContextManager[Settings]: ...

    def old() -> typing.ContextManager[Settings]: ...

    def bare() -> AbstractContextManager: ...

    def neither() -> Settings: ...

    assert returns_context(sync) is AbstractContextManager
    assert returns_context(asynchronous) is AbstractAsyncContextManager
    assert returns_context(old) is AbstractContextManager
    assert returns_context(bare) is AbstractContextManager
    assert returns_context(neither) is None
    assert returns_context(Settings) is None


def test_settle():
    """An annotation is a key, whether None will do, and whether every binding is meant."""
    assert settle(Settings) == (Settings, False, Collect.ONE)
    assert settle(list[Settings] | None) == (Settings, True, Collect.LIST)
    assert settle(dict[str, Annotated[Settings, "q"]]) == (Annotated[Settings, "q"], False, Collect.DICT)


def test_location_of_a_function():
    """A function is found by file and line, also behind a decorator."""

    def plain() -> None: ...

    @functools.wraps(plain)
    def wrapped() -> None: ...

    assert location(plain) == f"{__file__}:{plain.__code__.co_firstlineno}"
    assert location(wrapped) == location(plain)


def test_location_of_a_class():
    """A class is found by file and a line inside it."""

    class Abstract(ABC):
        name = "x"

        def method(self) -> None: ...

    assert location(Abstract) == f"{__file__}:{Abstract.method.__code__.co_firstlineno}"


def test_location_of_a_dataclass_is_in_its_own_file():
    """What a decorator generated has no place; the class's own function has."""

    @dataclass
    class Point:
        x: int

        def norm(self) -> int:
            return self.x

    assert location(Point) == f"{__file__}:{Point.norm.__code__.co_firstlineno}"


def test_location_of_a_partial():
    """A partial is found where its function is."""

    def make(port: int) -> Settings: ...

    assert location(functools.partial(make, 1)) == location(make)


def test_location_of_what_has_no_source():
    """A builtin has no place."""
    assert location(int) is None
    assert location(len) is None


def test_callable_annotation_is_a_key_of_its_own():
    """A function asked for as a parameter is looked up by its whole type."""

    def make(clock: Callable[[], float]) -> None: ...

    assert needs(make) == (need("clock", Callable[[], float]),)
