"""
Methods that open their own object: what `@resource` puts in the place of a class's functions.

On an object that no container manages they are the functions they replace. On a managed one they see to it that it is
open and held, then run; the user's own `initialize` and `dispose` become the library's open and close.
"""

import functools
import sys
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Coroutine, Generator
from contextlib import asynccontextmanager
from types import FunctionType
from typing import Any

from tenure.errors import ContainerClosedError
from tenure.lifecycle.effects import adrive, drive
from tenure.lifecycle.interrupts import uninterrupted
from tenure.model.binding import Lifecycle
from tenure.model.functions import is_async_generator_function, is_coroutine_function, static_attribute
from tenure.model.methods import METHOD_MARK
from tenure.runtime.emptying import close_by_hand
from tenure.runtime.forwarding import forwarding
from tenure.runtime.managed import DiscardedError, opened
from tenure.runtime.paths import note_path
from tenure.runtime.records import Managed
from tenure.runtime.registry import closed_owner_of, note_closed_by_user, note_opened_by_user, record_of
from tenure.runtime.scope import current_of


def install(cls: type, lifecycle: Lifecycle) -> None:
    """Replace the public functions of *cls*, inherited ones included, in place; each at most once."""
    openers = {name for name in lifecycle.method_names if name in ("initialize", "start")}
    for name in dir(cls):
        if name.startswith("_"):
            continue
        function = static_attribute(cls, name)
        if not isinstance(function, FunctionType) or hasattr(function, METHOD_MARK):
            continue
        wrapped = _wrapped(function, name, lifecycle, openers)
        if wrapped is not None:
            setattr(wrapped, METHOD_MARK, True)
            setattr(cls, name, wrapped)


def _wrapped(function: Any, name: str, lifecycle: Lifecycle, openers: set[str]) -> Any:
    is_coroutine = is_coroutine_function(function)
    if name in lifecycle.method_names:
        return (_opens_by_hand if name in openers else _closes_by_hand)(function, is_coroutine)
    if is_coroutine:
        return _marked(_coroutine_method(function))
    if is_async_generator_function(function):
        return _async_generator_method(function)
    return None if lifecycle.opens_async else _plain_method(function)


def _marked(wrapper: Any) -> Any:
    """Let `inspect.iscoroutinefunction` call *wrapper* what it is; Python 3.11 has no way to say so."""
    if sys.version_info >= (3, 12):
        import inspect  # noqa: PLC0415 - slow to import, and for asynchronous classes only

        return inspect.markcoroutinefunction(wrapper)
    return wrapper


def _refuse_orphan(obj: Any) -> None:
    """Raise ContainerClosedError where the scope that *obj* belonged to is closed: it would run on what is closed."""
    owner = closed_owner_of(obj)
    if owner is not None:
        raise ContainerClosedError(owner)


async def _ensure_open(record: Managed) -> None:
    engine = record.engine
    try:
        await adrive(opened(record, current_of(engine), is_async=True))
    except DiscardedError:
        raise ContainerClosedError(record.binding.label) from None
    except Exception as error:
        note_path(error, record.binding.key, engine.graph)
        raise


@uninterrupted
def _ensure_open_now(record: Managed) -> None:
    engine = record.engine
    try:
        drive(opened(record, current_of(engine), is_async=False))
    except DiscardedError:
        raise ContainerClosedError(record.binding.label) from None
    except Exception as error:
        note_path(error, record.binding.key, engine.graph)
        raise


def _coroutine_method(function: Callable[..., Any]) -> Any:
    @functools.wraps(function)
    def method(self: Any, *args: Any, **kwargs: Any) -> Any:
        record = record_of(self)
        if record is None:
            _refuse_orphan(self)
        if record is None or record.is_own_code():
            return function(self, *args, **kwargs)
        return ManagedCall(_open_then_call(record, function, self, args, kwargs), function)

    return method


async def _open_then_call(record: Managed, function: Any, self: Any, args: Any, kwargs: Any) -> Any:
    await _ensure_open(record)
    return await function(self, *args, **kwargs)


def _async_generator_method(function: Callable[..., AsyncGenerator[Any, Any]]) -> Any:
    @asynccontextmanager
    async def behind(self: Any, *args: Any, **kwargs: Any) -> AsyncIterator[tuple[AsyncGenerator[Any, Any], None]]:
        record = record_of(self)
        if record is None:
            _refuse_orphan(self)
        elif not record.is_own_code():
            await _ensure_open(record)
        yield function(self, *args, **kwargs), None

    return functools.wraps(function)(forwarding(behind))


def _plain_method(function: Callable[..., Any]) -> Any:
    @functools.wraps(function)
    def method(self: Any, *args: Any, **kwargs: Any) -> Any:
        record = record_of(self)
        if record is None:
            _refuse_orphan(self)
        elif not record.is_own_code():
            _ensure_open_now(record)
        return function(self, *args, **kwargs)

    return method


def _opens_by_hand(function: Callable[..., Any], is_coroutine: bool) -> Any:
    if is_coroutine:

        @functools.wraps(function)
        async def initialize(self: Any, *args: Any, **kwargs: Any) -> Any:
            record = record_of(self)
            if record is None:
                _refuse_orphan(self)
                result = await function(self, *args, **kwargs)
                note_opened_by_user(self)
                return result
            return await (function(self, *args, **kwargs) if record.is_own_code() else _ensure_open(record))

        return initialize

    return _plain_opening(function)


def _plain_opening(function: Callable[..., Any]) -> Any:
    @functools.wraps(function)
    def initialize(self: Any, *args: Any, **kwargs: Any) -> Any:
        record = record_of(self)
        if record is None:
            _refuse_orphan(self)
            result = function(self, *args, **kwargs)
            note_opened_by_user(self)
            return result
        return function(self, *args, **kwargs) if record.is_own_code() else _ensure_open_now(record)

    return initialize


@uninterrupted
def _closed_by_hand(record: Managed) -> None:
    drive(close_by_hand(record))


def _closes_by_hand(function: Callable[..., Any], is_coroutine: bool) -> Any:
    if is_coroutine:

        @functools.wraps(function)
        async def dispose(self: Any, *args: Any, **kwargs: Any) -> Any:
            record = record_of(self)
            if record is None and closed_owner_of(self) is not None:
                return None  # its scope closed it
            if record is None or record.came_open or record.is_own_code():
                note_closed_by_user(self)
                return await function(self, *args, **kwargs)
            return await adrive(close_by_hand(record))

        return dispose

    @functools.wraps(function)
    def dispose_now(self: Any, *args: Any, **kwargs: Any) -> Any:
        record = record_of(self)
        if record is None and closed_owner_of(self) is not None:
            return None  # its scope closed it
        if record is None or record.came_open or record.is_own_code():
            note_closed_by_user(self)
            return function(self, *args, **kwargs)
        return _closed_by_hand(record)

    return dispose_now


class ManagedCall(Coroutine[Any, Any, Any]):
    """
    The call of a coroutine method: await it, or enter what it gives with `async with`.

    It is a coroutine itself, so that tasks can be made of it, and says so when it is never awaited.
    """

    __slots__ = ("_coroutine", "_manager", "_name")

    def __init__(self, coroutine: Any, function: Any) -> None:
        self._coroutine = coroutine
        self._name = coroutine.__qualname__ = function.__qualname__
        self._manager: Any = None

    def __repr__(self) -> str:
        return f"<call of {self._name}>"

    def __await__(self) -> Generator[Any, Any, Any]:
        running: Generator[Any, Any, Any] = self._coroutine.__await__()
        return running

    def send(self, value: Any) -> Any:
        """Go on, as `coroutine.send`."""
        return self._coroutine.send(value)

    def throw(self, *error: Any) -> Any:
        """Raise inside, as `coroutine.throw`."""
        return self._coroutine.throw(*error)

    def close(self) -> None:
        """Stop, as `coroutine.close`."""
        self._coroutine.close()

    async def __aenter__(self) -> Any:
        """Await the call, then enter the context manager that it gave."""
        manager = await self
        if not hasattr(type(manager), "__aenter__"):
            raise TypeError(
                f"{self._name} gave a {type(manager).__name__}, which is no asynchronous context manager; "
                f"await the call instead of entering it"
            )
        self._manager = manager
        return await type(manager).__aenter__(manager)

    async def __aexit__(self, *outcome: object) -> Any:
        """Leave the context manager that the call gave."""
        return await type(self._manager).__aexit__(self._manager, *outcome)
