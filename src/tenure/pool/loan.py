"""A loan: an item for as long as a `with` or `async with` lasts."""

import sys
from collections.abc import Generator
from types import TracebackType
from typing import Any, Generic, TypeVar, cast

from tenure.errors import ScopeError
from tenure.live import Live

T = TypeVar("T")

_NONE: Any = object()
_frame = sys._getframe  # noqa: SLF001 - what `inspect.currentframe` calls


class Loan(Live, Generic[T]):
    """What `Pool.acquire` gives: a context manager in the colour of the pool, to be entered once at a time."""

    __slots__ = ("_item", "_pool", "_timeout_s")

    def __init__(self, pool: Any, timeout_s: float | None) -> None:
        self._pool = pool
        self._timeout_s = timeout_s
        self._item: Any = _NONE

    def __enter__(self) -> T:
        if self._item is not _NONE:
            raise self._under_way()
        self._item = item = self._pool.life_for_threads().take(self._timeout_s, _frame(1)).item
        return cast(T, item)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        item, self._item = self._item, _NONE
        self._pool.release(item, error)

    async def __aenter__(self) -> T:
        if self._item is not _NONE:
            raise self._under_way()
        life = self._pool.life_here()
        entry = life.quick(_frame(1)) or await life.take(self._timeout_s, _frame(1))
        self._item = item = entry.item
        return cast(T, item)

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        item, self._item = self._item, _NONE
        self._pool.release(item, error)

    def __await__(self) -> Generator[Any, Any, T]:
        """Give an item that whoever awaits it gives back with `Pool.release`."""
        return cast("Generator[Any, Any, T]", self._pool.atake(self._timeout_s).__await__())

    def _under_way(self) -> ScopeError:
        return ScopeError("this loan is under way; call pool.acquire() again for another one")
