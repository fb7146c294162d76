"""What a resource may hold across its `yield`: task groups and time limits, whose two halves need one task (L52)."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import anyio
import trio


@asynccontextmanager
async def held(kind: str, child: Callable[[], Awaitable[Any]] | None) -> AsyncIterator[None]:
    """
    Hold something of *kind* while the body runs.

    Args:
        kind: "group": the task group of the library that runs; "anyio": one of anyio's; "limit": a time limit.
        child: runs in the group; None: one that waits for ever.
    """
    holders = {"group": _trio_group if trio.lowlevel.in_trio_run() else _asyncio_group, "anyio": _anyio_group}
    async with _limit() if kind == "limit" else holders[kind](child or anyio.sleep_forever):
        yield


@asynccontextmanager
async def _asyncio_group(child: Callable[[], Awaitable[Any]]) -> AsyncIterator[None]:
    async def run() -> None:
        await child()

    async with asyncio.TaskGroup() as group:
        task = group.create_task(run(), name="child")
        yield
        task.cancel()


@asynccontextmanager
async def _trio_group(child: Callable[[], Awaitable[Any]]) -> AsyncIterator[None]:
    async with trio.open_nursery() as nursery:
        nursery.start_soon(child)
        yield
        nursery.cancel_scope.cancel()


@asynccontextmanager
async def _anyio_group(child: Callable[[], Awaitable[Any]]) -> AsyncIterator[None]:
    async with anyio.create_task_group() as group:
        group.start_soon(child)
        yield
        group.cancel_scope.cancel()


@asynccontextmanager
async def _limit() -> AsyncIterator[None]:
    if trio.lowlevel.in_trio_run():
        with trio.fail_after(1000):
            yield
    else:
        async with asyncio.timeout(1000):
            yield
