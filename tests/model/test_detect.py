"""What counts as a resource, and what never does by accident."""

import asyncio
import multiprocessing
import sqlite3
import threading
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Iterator
from contextlib import AbstractAsyncContextManager, AbstractContextManager, asynccontextmanager, contextmanager
from typing import Protocol, runtime_checkable
from unittest import mock

import pytest
from model_support import bound

from tenure import Container, managed_resource, resource
from tenure.errors import BindingError
from tenure.model.binding import Rule, Style
from tenure.model.detect import is_abstract, lifecycle_of_class, lifecycle_of_function
from tenure.model.methods import is_async_function, methods


class Settings: ...


class Methods:
    def initialize(self): ...

    def dispose(self): ...


class AsyncMethods:
    async def initialize(self): ...

    async def dispose(self): ...


class Mixed:
    def initialize(self): ...

    async def dispose(self): ...


class Cleanup:
    async def cleanup(self): ...


class OnlyInitialize:
    async def initialize(self): ...


class DisposeAndCleanup:
    def dispose(self): ...

    async def cleanup(self): ...


class SyncContext:
    def __enter__(self): ...

    def __exit__(self, *outcome): ...


class AsyncContext:
    async def __aenter__(self): ...

    async def __aexit__(self, *outcome): ...


class BothContexts(SyncContext, AsyncContext): ...


class EverythingAtOnce(BothContexts):
    def initialize(self): ...

    def dispose(self): ...


class HalfAContext:
    def __enter__(self): ...


class CloseOnly:
    def close(self): ...

    async def aclose(self): ...


class Attributes:
    initialize = 5
    dispose = None


@pytest.mark.parametrize(
    ("cls", "style", "opens_async", "closes_async"),
    [
        (Methods, Style.METHODS, False, False),
        (AsyncMethods, Style.METHODS, True, True),
        (Mixed, Style.METHODS, False, True),
        (Cleanup, Style.METHODS, False, True),
        (OnlyInitialize, Style.METHODS, True, False),
        (DisposeAndCleanup, Style.METHODS, False, False),
        (SyncContext, Style.CONTEXT, False, False),
        (AsyncContext, Style.ASYNC_CONTEXT, True, True),
        (BothContexts, Style.ASYNC_CONTEXT, True, True),
        (EverythingAtOnce, Style.METHODS, False, False),
        (CloseOnly, Style.METHODS, False, True),
    ],
)
def test_style_of_a_declared_class(cls, style, opens_async, closes_async):
    """The first that fits wins: initialize/dispose or cleanup, then async with, aclose, with, close."""
    found = lifecycle_of_class(cls)

    assert (found.style, found.opens_async, found.closes_async) == (style, opens_async, closes_async)


@pytest.mark.parametrize("cls", [Settings, HalfAContext, Attributes])
def test_declared_class_with_nothing_to_open_or_close(cls):
    """Without known methods there is nothing to open and nothing owed."""
    found = lifecycle_of_class(cls)

    assert (found.style, found.open, found.close) == (Style.METHODS, None, None)


@pytest.mark.parametrize(
    "cls", [Settings, Methods, AsyncMethods, SyncContext, AsyncContext, BothContexts, EverythingAtOnce, CloseOnly]
)
def test_class_that_nobody_declared_is_a_plain_value(cls):
    """However many closing methods a class has, it is no resource before somebody says so."""
    assert bound(cls).lifecycle is None
    assert bound(cls, cls()).lifecycle is None


@pytest.mark.parametrize(
    "obj",
    [
        threading.Lock(),
        threading.RLock(),
        threading.Condition(),
        threading.Semaphore(),
        asyncio.Lock(),
        asyncio.Semaphore(),
        multiprocessing.Lock(),
        mock.Mock(),
        mock.MagicMock(),
        mock.AsyncMock(),
    ],
    ids=lambda obj: type(obj).__qualname__,
)
def test_locks_and_mocks_are_never_entered(obj):
    """A lock or a mock is not entered by accident, not even where it was declared a resource."""
    assert bound("it", obj, is_value=True).lifecycle is None
    declared = bound("it", obj, is_value=True, is_resource=True).lifecycle
    assert declared is None or (declared.open, declared.close) == (None, None)


def test_sqlite_connection_is_closed_and_not_entered():
    """`with connection` only commits: declared a resource, an sqlite connection is closed by its method."""
    connection = sqlite3.connect(":memory:")
    plain = bound("it", connection, is_value=True)
    declared = bound("it", connection, is_value=True, is_resource=True)
    connection.close()

    assert plain.lifecycle is None
    assert declared.lifecycle.style is Style.METHODS
    assert (declared.lifecycle.rule, declared.lifecycle.adapter) == (Rule.ADAPTER, "sqlite3.Connection")
    assert declared.lifecycle.close.text == "close()"


def test_attributes_of_an_instance_do_not_count():
    """Only the type says how something is opened and closed."""
    settings = Settings()
    settings.initialize = settings.dispose = lambda: None

    found = bound("it", settings, is_value=True, is_resource=True).lifecycle

    assert (found.open, found.close) == (None, None)


def generator() -> Iterator[Settings]:
    yield Settings()


async def async_generator() -> AsyncIterator[Settings]:
    yield Settings()


@contextmanager
def managed() -> Iterator[Settings]:
    yield Settings()


@asynccontextmanager
async def async_managed() -> AsyncIterator[Settings]:
    yield Settings()


def returns_manager() -> AbstractContextManager[Settings]: ...


def returns_async_manager() -> AbstractAsyncContextManager[Settings]: ...


@pytest.mark.parametrize(
    ("function", "style"),
    [
        (generator, Style.GENERATOR),
        (async_generator, Style.ASYNC_GENERATOR),
        (managed, Style.CONTEXT),
        (async_managed, Style.ASYNC_CONTEXT),
        (returns_manager, Style.CONTEXT),
        (returns_async_manager, Style.ASYNC_CONTEXT),
    ],
)
def test_functions_whose_form_says_it(function, style):
    """A generator, a context manager function, or one annotated to return a context manager is a resource."""
    assert lifecycle_of_function(function, declared=False).style is style
    assert bound(function).lifecycle.style is style
    assert bound(function).key is Settings


def plain() -> Settings: ...


async def coroutine() -> Settings: ...


@pytest.mark.parametrize("function", [plain, coroutine, lambda: Settings()])
def test_plain_functions_are_no_resources(function):
    """A function that just makes something owes nothing."""
    assert lifecycle_of_function(function, declared=False) is None


def test_declared_function_takes_the_lifecycle_of_what_it_makes():
    """Under `@resource`, what a plain function makes is opened and closed as its class says."""

    @resource
    def make() -> Methods: ...

    found = bound(make).lifecycle

    assert (found.style, found.open.__name__, found.close.__name__) == (Style.METHODS, "initialize", "dispose")


def test_the_methods_of_what_is_made_count():
    """What a function gives may be of a class that overrides the methods of the one that it is annotated to give."""
    called = []

    class Derived(Methods):
        def initialize(self):
            called.append("opened")

        def dispose(self):
            called.append("closed")

    @resource
    def make() -> Methods:
        return Derived()

    found = bound(make).lifecycle
    found.open(make())
    found.close(make())

    assert called == ["opened", "closed"]


class Closing(Protocol):
    def close(self) -> None: ...


def test_a_protocol_says_how_what_is_made_is_closed():
    """The method of what is made is called, of whatever class it is."""
    called = []

    class Store:
        def close(self):
            called.append(self)

    container = Container()
    container.bind(Closing, resource(lambda: Store()), close="close")

    @resource
    def make() -> Closing:
        return Store()

    container.bind("annotated", make)
    with container:
        stores = [container.get("annotated"), container.get(Closing)]
        assert called == []

    assert called == stores[::-1]


class StartStop:
    def start(self): ...

    async def stop(self): ...


class StopAlone:
    def stop(self): ...

    def shutdown(self): ...

    def terminate(self): ...

    def disconnect(self): ...

    def drain(self): ...


def test_a_pair_of_start_and_stop():
    """A class that has both is opened by the one and closed by the other; the guess is marked as one."""
    found = lifecycle_of_class(StartStop)

    assert (found.open, found.close, found.closes_async) == (StartStop.start, StartStop.stop, True)
    assert (found.rule, found.is_guess) == (Rule.START_STOP, True)


@pytest.mark.parametrize("cls", [StopAlone, Settings])
def test_other_words_are_never_guessed(cls):
    """`shutdown`, `terminate`, `disconnect`, `drain` and `stop` alone mean something else with some client."""
    found = lifecycle_of_class(cls)

    assert (found.open, found.close, found.rule) == (None, None, Rule.NOTHING)


def test_close_by_name():
    """`close="aclose"` makes any class with that method a resource, of the method's colour."""
    found = bound(CloseOnly, close="aclose").lifecycle

    assert (found.style, found.open, found.closes_async) == (Style.METHODS, None, True)
    assert bound(CloseOnly, close="close").lifecycle.closes_async is False


def test_close_by_function():
    """`close=function` takes the object; its colour is the function's."""

    async def shut(obj): ...

    assert bound(Settings, close=shut).lifecycle.closes_async is True
    assert bound(Settings, close=print).lifecycle.closes_async is False


def test_close_outranks_the_methods_of_the_class():
    """What the user names is what closes."""
    assert bound(EverythingAtOnce, close="dispose").lifecycle.open is None


def test_close_by_a_name_that_is_no_method():
    """A missing closing method is an error that names class and method."""
    with pytest.raises(BindingError, match=r"^Settings has no method 'shut' to close it with"):
        bound(Settings, close="shut")


def test_managed_resource_by_lambdas():
    """A lambda that calls a coroutine method is asynchronous, one that calls a plain method is not."""

    @managed_resource(initialize_func=lambda pool: pool.connect(), dispose_func=lambda pool: pool.drop())
    class Pool:
        async def connect(self): ...

        def drop(self): ...

    found = bound(Pool).lifecycle

    assert (found.opens_async, found.closes_async) == (True, False)


def test_methods_of_nothing():
    """A lifecycle of no functions owes nothing."""
    found = methods(None, None)

    assert not found.is_async
    assert not found.is_lazy


def test_declared_class_is_lazy_where_its_opening_is_awaited():
    """Only an object whose own awaited methods can open it exists before it is open."""
    assert bound(resource(type("A", (AsyncMethods,), {}))).lifecycle.is_lazy
    assert not bound(resource(type("B", (Methods,), {}))).lifecycle.is_lazy
    assert not bound(resource(type("C", (AsyncContext,), {}))).lifecycle.is_lazy


def test_subclass_of_a_resource_class():
    """A subclass of a declared class is declared, with what it overrides."""

    @resource
    class Base:
        async def initialize(self): ...

    class Derived(Base):
        def initialize(self): ...

        def dispose(self): ...

    found = bound(Derived).lifecycle

    assert (found.opens_async, found.close is not None) == (False, True)
    assert bound(Base).lifecycle.opens_async


class Abstract(ABC):
    @abstractmethod
    def method(self): ...


class Concrete(Abstract):
    def method(self): ...


class AbstractWithoutMethods(ABC): ...  # noqa: B024 - it can be made, which is the point


class Interface(Protocol):
    def method(self): ...


@runtime_checkable
class CheckableInterface(Protocol):
    name: str


class Implements(Interface):
    def method(self): ...


@pytest.mark.parametrize(
    ("cls", "expected"),
    [
        (Abstract, True),
        (Interface, True),
        (CheckableInterface, True),
        (Concrete, False),
        (AbstractWithoutMethods, False),
        (Implements, False),
        (Settings, False),
    ],
)
def test_is_abstract(cls, expected):
    """Open methods and protocols cannot be made; what implements them can."""
    assert is_abstract(cls) is expected


def test_is_async_function():
    """Coroutine functions are, whatever is wrapped around them; generators and classes are not."""
    assert is_async_function(coroutine)
    assert not is_async_function(async_generator)
    assert not is_async_function(plain)
    assert not is_async_function(Settings)
    assert not is_async_function(5)
