"""The container of a case, asked in the colour of its world."""

import contextlib
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any, Protocol

from tenure.testing.contract.adapter import Adapter, Entered, NotOffered, Source
from tenure.testing.contract.worlds import World


class Watched(Protocol):
    """What it tells of: a case."""

    world: World
    was_refused: bool


class Driven:
    """The container of a case, asked in the colour of its world."""

    def __init__(self, case: Watched, adapter: Adapter) -> None:
        self.case = case
        self._is_async = case.world.is_async
        self.adapter = adapter

    async def get(self, name: str, source: Source | None = None) -> Any:
        """Return the value of a node, as *source* sees it: the container itself, or a scope."""
        source = self.adapter if source is None else source
        with self._refusals():
            return await source.aget(name) if self._is_async else source.get(name)

    async def start(self) -> None:
        """Open every singleton resource."""
        with self._refusals():
            if self._is_async:
                await self.adapter.astart()
            else:
                self.adapter.start()

    async def close(self) -> None:
        """Close everything."""
        with self._refusals():
            if self._is_async:
                await self.adapter.aclose()
            else:
                self.adapter.close()

    async def reset(self, name: str) -> None:
        """Close one."""
        with self._refusals():
            if self._is_async:
                await self.adapter.areset(name)
            else:
                self.adapter.reset(name)

    @contextlib.asynccontextmanager
    async def scope(self) -> AsyncIterator["Driven"]:
        """Enter a scope; give what asks it."""
        with self._refusals():
            handle = self.adapter.ascope() if self._is_async else Entered(self.adapter.scope())
        async with handle as source:
            yield _Inside(self, source)

    @contextlib.asynccontextmanager
    async def override(self, name: str, value: object) -> AsyncIterator[None]:
        """Let *value* stand for a node."""
        with self._refusals():
            handle = self.adapter.aoverride if self._is_async else self._override
            manager = handle(name, value)
        async with manager:
            yield

    def _override(self, name: str, value: object) -> Entered[object]:
        return Entered(self.adapter.override(name, value))

    @contextlib.contextmanager
    def _refusals(self) -> Iterator[None]:
        """Remember that something is not offered, whoever catches it."""
        try:
            yield
        except NotOffered:
            self.case.was_refused = True
            raise

    async def caught(self, function: Callable[..., Any], *args: Any) -> BaseException | None:
        """
        Return what ``await function(*args)`` raises, None if nothing.

        Raises:
            NotOffered: the library has no such thing.
        """
        try:
            await function(*args)
        except NotOffered:
            raise
        except BaseException as error:  # noqa: BLE001  # the check decides what it means
            return error
        return None


class _Inside(Driven):
    def __init__(self, outer: Driven, source: Source) -> None:
        super().__init__(outer.case, outer.adapter)
        self.source = source

    async def get(self, name: str, source: Source | None = None) -> Any:
        return await super().get(name, source or self.source)
