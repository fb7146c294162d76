"""W9: starting and stopping give None or an awaitable, as it happens."""

import asyncio
import inspect

import pytest

from tests.weaknesses.support import contrast, done, opening, opening_async

ACTS = {
    "init_resources of an empty container": (None, lambda container: container.init_resources()),
    "init_resources of synchronous ones": (opening, lambda container: container.init_resources()),
    "shutdown_resources of an empty container": (None, lambda container: container.shutdown_resources()),
    "shutdown_resources of synchronous ones": (opening, lambda container: container.shutdown_resources()),
    "shutdown_resources before any start": (opening_async, lambda container: container.shutdown_resources()),
    "shutdown of one that was never opened": (opening_async, lambda container: container.a.shutdown()),
    "shutdown of a synchronous one": (opening, lambda container: container.a.shutdown()),
}


def build(library, kind):
    return library.container(**({} if kind is None else {"a": library.resource(kind([], "a"))}))


@pytest.mark.parametrize("act", ACTS)
@contrast(theirs="TypeError", ours=None)
async def test_starting_and_stopping_can_always_be_awaited(library, act):
    """W9, #566: `await` is right after init_resources, shutdown_resources and shutdown, whatever there is."""
    kind, do = ACTS[act]
    container = build(library, kind)
    if kind is opening:
        container.a()
    try:
        await do(container)
    except TypeError as error:
        return type(error).__name__
    finally:
        await done(container.shutdown_resources())


@contrast(theirs=["+a", "-a"], ours=["+a", "-a"])
def test_nothing_has_to_be_awaited_where_everything_is_synchronous(library):
    """W9: without any await, synchronous resources are open and closed when the calls return."""
    log = []
    container = library.container(a=library.resource(opening(log, "a")))

    container.init_resources()
    container.shutdown_resources()
    return log


@contrast(theirs=[False, False, False], ours=[True, True, True])
def test_one_kind_of_result(library):
    """W9: the three calls give an awaitable, outside a running loop too."""
    container = build(library, opening)
    return [
        inspect.isawaitable(result)
        for result in (container.init_resources(), container.a.shutdown(), container.shutdown_resources())
    ]


@contrast(theirs=["+a", "-a"], ours=["+a", "-a"])
async def test_the_results_can_become_futures(library):
    """W9: what the calls give can be handed to `ensure_future`, as to `wait_for` and `gather`."""
    log = []
    container = library.container(a=library.resource(opening_async(log, "a")))

    await asyncio.ensure_future(container.init_resources())
    await asyncio.ensure_future(container.shutdown_resources())
    return [entry for entry in log if entry[0] in "+-"]


@pytest.mark.parametrize("act", ACTS)
@contrast(theirs="error", ours="done")
def test_the_results_can_be_run(library, act):
    """W9: `asyncio.run` takes what the calls give, whatever there is."""
    kind, do = ACTS[act]
    container = build(library, kind)
    if kind is opening:
        container.a()
    try:
        asyncio.run(do(container))
    except (TypeError, ValueError):
        return "error"
    finally:
        container.shutdown_resources()
    return "done"


@pytest.mark.parametrize("act", ACTS)
@contrast(theirs="error", ours="done")
async def test_the_results_can_become_tasks(library, act):
    """W9: `create_task` takes what the calls give, whatever there is."""
    kind, do = ACTS[act]
    container = build(library, kind)
    if kind is opening:
        container.a()
    try:
        await asyncio.create_task(do(container))
    except (TypeError, ValueError):
        return "error"
    finally:
        await done(container.shutdown_resources())
    return "done"


@contrast(theirs="RuntimeError", ours=["+a"])
def test_a_start_can_be_run_by_itself(library):
    """W9, W10: `asyncio.run(container.init_resources())` opens asynchronous resources, without a loop around it."""
    log = []
    container = library.container(a=library.resource(opening_async(log, "a")))
    try:
        asyncio.run(container.init_resources())
    except RuntimeError as error:
        return type(error).__name__
    return [entry for entry in log if entry.startswith("+")]
