"""L52: a resource is opened and closed in one task and one context, whoever asks for it and whoever closes it."""

import asyncio
import contextvars

import pytest

from tests.weaknesses.support import contrast, done, outcome

VARIABLE = contextvars.ContextVar("VARIABLE", default="outside")


async def opened_by_child(library, opens):
    """Open by a child task, close by its parent; what the shutdown raised, or None."""
    container = library.container(a=library.resource(opens))

    async def child():
        await done(container.a())

    async def shutdown():
        await done(container.shutdown_resources())

    await asyncio.create_task(child())
    return await outcome(shutdown())


@contrast(theirs=False, ours=True)
async def test_opening_and_closing_are_one_task(library):
    """L52: the task that opens a resource is the task that closes it."""
    tasks = []

    async def opens():
        tasks.append(asyncio.current_task())
        yield
        tasks.append(asyncio.current_task())

    await opened_by_child(library, opens)
    return tasks[0] is tasks[1]


@contrast(theirs="ValueError", ours=None)
async def test_a_context_variable_is_reset(library):
    """L52: a variable that was set while opening can be reset while closing."""

    async def opens():
        token = VARIABLE.set("inside")
        yield
        VARIABLE.reset(token)

    return await opened_by_child(library, opens)


@contrast(theirs="RuntimeError", ours=None)
async def test_a_task_group_straddles_the_yield(library):
    """L52: a resource may hold a task group of anyio, which is left where it was entered."""
    anyio = pytest.importorskip("anyio")

    async def opens():
        async with anyio.create_task_group() as group:
            yield group
            group.cancel_scope.cancel()

    return await opened_by_child(library, opens)
