"""What is done again and again: lives of one container, each of which must leave nothing behind."""

import asyncio
import contextlib
import gc
import warnings
import weakref
from collections.abc import Awaitable, Callable
from typing import Any

import trio

from tenure import Container, containers, providers, resource


class Fault(Exception):
    """What is raised on purpose."""


class Low:
    """The value of what needs nothing."""


class High:
    """The value of what needs `Low`."""

    def __init__(self, low: Low) -> None:
        self.low = low


class Passing:
    """The value of what lives for a request."""


Watched = list["weakref.ref[Any]"]


class Cycles:
    """
    Cycles of both faces.

    Args:
        is_async: whether resources are asynchronous.

    Attributes:
        watched: references to every instance that was made since it was emptied.
    """

    def __init__(self, is_async: bool) -> None:
        self.is_async = is_async
        self.watched: Watched = []
        self.fails = False
        self.waits: Callable[[], Awaitable[None]] | None = None
        self.container = self.make()
        self.declared = self._declared()

    def make(self) -> Container:
        """Return a new container."""
        container = Container()
        container.bind(Low, resource(scope="singleton")(self._low()))
        container.bind(High, resource(scope="singleton")(self._high()))
        container.bind(Passing, resource(scope="request")(self._passing()))
        return container

    def _seen(self, value: Any) -> Any:
        self.watched.append(weakref.ref(value))
        return value

    def _low(self) -> Any:
        def low() -> Any:
            yield self._seen(Low())

        async def alow() -> Any:
            await _checkpoint()
            yield self._seen(Low())
            await _checkpoint()

        return alow if self.is_async else low

    def _high(self) -> Any:
        def high(low: Low) -> Any:
            if self.fails:
                raise Fault("high")
            yield self._seen(High(low))

        async def ahigh(low: Low) -> Any:
            if self.waits is not None:
                await self.waits()
            if self.fails:
                raise Fault("high")
            yield self._seen(High(low))
            await _checkpoint()

        return ahigh if self.is_async else high

    def _passing(self) -> Any:
        def passing(high: High) -> Any:
            yield self._seen(Passing())

        async def apassing(high: High) -> Any:
            yield self._seen(Passing())
            await _checkpoint()

        return apassing if self.is_async else passing

    def _declared(self) -> Any:
        low = providers.Resource(self._low())
        high = providers.Resource(self._high(), low=low)
        return type("Declared", (containers.DeclarativeContainer,), {"low": low, "high": high})()

    # cycles

    async def life(self) -> None:
        """Start and close."""
        if self.is_async:
            async with self.container:
                await self.container.aget(High)
        else:
            with self.container:
                self.container.get(High)

    async def declared_life(self) -> None:
        """Start and close the declarative face."""
        began = self.declared.init_resources()
        if self.is_async:
            await began
            await self.declared.shutdown_resources()
        else:
            self.declared.shutdown_resources()

    async def request(self) -> None:
        """Enter and leave a request inside a container that goes on."""
        if self.is_async:
            async with self.container.resource_scope() as scope:
                await scope.aget(Passing)
        else:
            with self.container.resource_scope() as scope:
                scope.get(Passing)

    async def failing_start(self) -> None:
        """Start in vain: what was opened is closed again."""
        self.fails = True
        try:
            await self.life()
        except Fault:
            return
        finally:
            self.fails = False
        raise AssertionError("the start did not fail")

    async def cancelled_get(self) -> None:
        """Cancel somebody who waits for something to open, then close."""
        self.container.engine.reopen()
        self.waits = _checkpoint
        try:
            await _cancelled(lambda: self.container.aget(High))
        finally:
            self.waits = None
            await self.container.aclose()

    async def override(self) -> None:
        """Replace what another is made of, use that, and end it; inside a container that goes on."""
        if self.is_async:
            async with self.container.override(Low, value=self._seen(Low())):
                await self.container.aget(High)
        else:
            with self.container.override(Low, value=self._seen(Low())):
                self.container.get(High)

    async def dropped(self) -> None:
        """Make a container, use it, close it and let go of it: without a word."""
        container = self.make()
        if self.is_async:
            await container.aget(High)
            await container.aclose()
        else:
            container.get(High)
            container.close()

    async def forgotten(self) -> None:
        """Make twenty containers, use them and let go of them open: exactly one ResourceWarning each (L70)."""
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            for _ in range(20):
                self.make().get(High)
            gc.collect()
        found = [each for each in caught if issubclass(each.category, ResourceWarning)]
        if len(found) != 20:
            raise AssertionError(f"{len(found)} warnings of 20 containers")

    async def reset(self) -> None:
        """Reset a resource that others need, where there is such a thing; get what was made of it again."""
        if self.is_async:
            await self.container.aget(High)
            await self.container.areset(Low)
        else:
            self.container.get(High)
            self.container.reset(Low)

    # around them

    async def begin(self) -> None:
        """Open the container for cycles inside it."""
        self.container.engine.reopen()
        if self.is_async:
            await self.container.aget(High)
        else:
            self.container.get(High)

    async def end(self) -> None:
        """Close it."""
        if self.is_async:
            await self.container.aclose()
        else:
            self.container.close()


INSIDE = ("request", "override", "reset")
"""Cycles that run inside a container that stays open."""
SYNC_ONLY, ASYNC_ONLY = ("forgotten",), ("cancelled_get",)
CYCLES = (
    "life", "declared_life", "request", "failing_start", "cancelled_get", "override", "dropped", "forgotten", "reset",
)  # fmt: skip


async def _checkpoint() -> None:
    if trio.lowlevel.in_trio_run():
        await trio.lowlevel.checkpoint()
    else:
        await asyncio.sleep(0)


async def _cancelled(function: Callable[[], Awaitable[Any]]) -> None:
    if trio.lowlevel.in_trio_run():
        async with trio.open_nursery() as nursery:
            nursery.start_soon(function)
            await _checkpoint()
            nursery.cancel_scope.cancel()
        return
    task = asyncio.ensure_future(function())
    await asyncio.sleep(0)
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task
