"""`Resource` and `AsyncResource`: initializers for `providers.Resource` that are classes."""

from abc import ABC, abstractmethod
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Generator, Iterator
from inspect import isasyncgen, isgenerator
from types import TracebackType
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from tenure.errors import ResourceProtocolError

if TYPE_CHECKING:
    import typing_extensions

    T = typing_extensions.TypeVar("T", default=Any)
else:
    T = TypeVar("T")

_END = object()


class Resource(ABC, Generic[T]):
    """
    Opens a resource by `init` and closes it by `shutdown`; a context manager, used once.

    Args:
        args: passed to `init`.
        kwargs: passed to `init`.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.args: tuple[Any, ...] = args
        self.kwargs: dict[str, Any] = kwargs
        self.obj: T | None = None
        self._half: Generator[Any, Any, Any] | None = None

    @abstractmethod
    def init(self, *args: Any, **kwargs: Any) -> T | Iterator[T] | None:
        """Open the resource and return (or yield) it; what follows a `yield` runs before `shutdown`."""

    def shutdown(self, resource: T | None) -> None:
        """Close *resource*, what `init` gave; None where it gave nothing."""

    def __enter__(self) -> T | None:
        """Open it."""
        made: Any = self.init(*self.args, **self.kwargs)
        if isgenerator(made):
            self._half, made = made, next(made, _END)
            _check_yielded(type(self), made)
        self.obj = made
        return self.obj

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close it."""
        obj, self.obj = self.obj, None
        half, self._half = self._half, None
        try:
            if half is not None and next(half, _END) is not _END:
                half.close()
                raise _yields_twice(type(self))
        finally:
            self.shutdown(obj)


class AsyncResource(ABC, Generic[T]):
    """
    Opens a resource by `await init()` and closes it by `await shutdown()`; a context manager, used once.

    Args:
        args: passed to `init`.
        kwargs: passed to `init`.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.args: tuple[Any, ...] = args
        self.kwargs: dict[str, Any] = kwargs
        self.obj: T | None = None
        self._half: AsyncGenerator[Any, Any] | None = None

    @abstractmethod
    def init(self, *args: Any, **kwargs: Any) -> Awaitable[T | None] | AsyncIterator[T]:
        """Open the resource and return (or yield) it: a coroutine function or an async generator function."""

    async def shutdown(self, resource: T | None) -> None:
        """Close *resource*, what `init` gave; None where it gave nothing."""

    async def __aenter__(self) -> T | None:
        """Open it."""
        made: Any = self.init(*self.args, **self.kwargs)
        if isasyncgen(made):
            self._half, made = made, await anext(made, _END)
            _check_yielded(type(self), made)
        else:
            made = await made
        self.obj = made
        return self.obj

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close it."""
        obj, self.obj = self.obj, None
        half, self._half = self._half, None
        try:
            if half is not None and await anext(half, _END) is not _END:
                await half.aclose()
                raise _yields_twice(type(self))
        finally:
            await self.shutdown(obj)


def _check_yielded(cls: type, made: Any) -> None:
    if made is _END:
        raise ResourceProtocolError(f"{cls.__qualname__}.init", None, "ended without a yield", "yield, or return")


def _yields_twice(cls: type) -> ResourceProtocolError:
    return ResourceProtocolError(
        f"{cls.__qualname__}.init",
        None,
        "yielded a second time",
        "a resource yields exactly once; what follows closes it",
    )
