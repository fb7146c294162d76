"""What kind of function something is: the same answers as those of `inspect`, for every kind that programs meet."""

import abc
import contextlib
import functools
import inspect
from collections.abc import Callable
from typing import Any, Protocol
from unittest import mock

import pytest

from tenure.model.functions import (
    is_abstract_class,
    is_async_generator_function,
    is_coroutine_function,
    is_generator_function,
    is_routine,
    static_attribute,
    unwrap,
)


def plain() -> None: ...


def generator() -> Any:
    yield 1


async def coroutine() -> None: ...


async def agenerator() -> Any:
    yield 1


@functools.wraps(generator)
def wrapper() -> Any:
    return generator()


class Open(abc.ABC):
    @abc.abstractmethod
    def method(self) -> None: ...


class Shut(Open):
    def method(self) -> None: ...


class Shape(Protocol):
    def method(self) -> None: ...


class Methods:
    def plain(self) -> None: ...

    def generator(self) -> Any:
        yield 1

    async def coroutine(self) -> None: ...

    async def __call__(self) -> None: ...

    @classmethod
    def made(cls) -> None: ...

    @staticmethod
    def static() -> None: ...

    partial = functools.partialmethod(coroutine)


KINDS: dict[str, Any] = {
    "function": plain,
    "generator": generator,
    "coroutine function": coroutine,
    "async generator": agenerator,
    "wrapper": wrapper,
    "contextmanager": contextlib.contextmanager(generator),
    "lambda": lambda: None,
    "class": Methods,
    "abstract class": Open,
    "implementation": Shut,
    "protocol": Shape,
    "object with __call__": Methods(),
    "method": Methods().plain,
    "generator method": Methods().generator,
    "coroutine method": Methods().coroutine,
    "class method": Methods.made,
    "static method": vars(Methods)["static"],
    "class method as it stands": vars(Methods)["made"],
    "partialmethod": Methods().partial,
    "partialmethod of a class": Methods.partial,
    "partial": functools.partial(plain),
    "partial of a generator": functools.partial(generator),
    "partial of a coroutine function": functools.partial(functools.partial(coroutine)),
    "builtin": len,
    "builtin class": int,
    "method descriptor": str.upper,
    "slot wrapper": object.__repr__,
    "method wrapper": (1).__repr__,
    "property": property(len),
    "mock": mock.Mock(),
    "async mock": mock.AsyncMock(),
    "number": 1,
    "None": None,
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (is_generator_function, inspect.isgeneratorfunction),
        (is_async_generator_function, inspect.isasyncgenfunction),
        (is_coroutine_function, inspect.iscoroutinefunction),
        (is_routine, inspect.isroutine),
        (is_abstract_class, inspect.isabstract),
    ],
    ids=lambda function: function.__name__,
)
def test_every_kind(kind: str, ours: Callable[[Any], bool], theirs: Callable[[Any], bool]) -> None:
    """Each function says of each kind what its namesake in `inspect` says."""
    assert ours(KINDS[kind]) is theirs(KINDS[kind])


@pytest.mark.parametrize("kind", KINDS)
def test_unwrapped(kind: str) -> None:
    """What wraps something is looked through, whatever it is."""
    assert unwrap(KINDS[kind]) is inspect.unwrap(KINDS[kind])


def test_wrappers_in_a_circle() -> None:
    """Wrappers that wrap one another are an error, not an endless loop."""

    def first() -> None: ...

    first.__wrapped__ = first  # type: ignore[attr-defined]

    with pytest.raises(ValueError, match="no end"):
        unwrap(first)


def test_partial_of_a_coroutine_method() -> None:
    """A partial of a method is what the method is, where `inspect` sees a plain function."""
    assert is_coroutine_function(functools.partial(Methods().coroutine)) is True


@pytest.mark.skipif(not hasattr(inspect, "markcoroutinefunction"), reason="new in Python 3.12")
def test_marked_as_coroutine_function() -> None:
    """A function that is marked to give a coroutine counts as a coroutine function."""

    def gives() -> Any:
        return coroutine()

    assert is_coroutine_function(getattr(inspect, "markcoroutinefunction")(gives)) is True  # noqa: B009 - not on 3.11


def test_abstract_while_it_is_defined() -> None:
    """A class with open methods is abstract already while `__init_subclass__` runs."""
    seen = []

    class Base(abc.ABC):  # noqa: B024 - those below it have
        def __init_subclass__(cls) -> None:
            seen.append((cls.__name__, is_abstract_class(cls)))

    class First(Base):
        @abc.abstractmethod
        def method(self) -> None: ...

    class Second(First):
        def method(self) -> None: ...

    assert seen == [("First", True), ("Second", False)]


@pytest.mark.parametrize("name", ["plain", "made", "static", "partial", "__call__", "mro", "nothing", "__name__"])
def test_static_attribute(name: str) -> None:
    """An attribute of a class is found as it was put there, on its metaclass too, and no descriptor runs."""
    assert static_attribute(Methods, name) is inspect.getattr_static(Methods, name, None)
