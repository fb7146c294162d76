"""A resource whose own task fails while it is in use: the body is cancelled, the error is raised at its end (L56)."""

import asyncio

import pytest
import trio

from tenure import Container, resource
from tenure.errors import ResourceEndedError
from tests.engine.support import Fault

ASYNC = pytest.mark.worlds("asyncio", "trio")


def failing(world, go, lifetime, **options):
    """Return a resource that holds a group of tasks, one of which fails when *go* is set."""

    async def child():
        await go.wait()
        raise Fault("in the background")

    if world.name == "asyncio":

        @resource(scope=lifetime, **options)
        async def open_():
            async with asyncio.TaskGroup() as group:
                group.create_task(child())
                yield "value"

    else:

        @resource(scope=lifetime, **options)
        async def open_():
            async with trio.open_nursery() as nursery:
                nursery.start_soon(child)
                yield "value"

    return open_


def leaves(error):
    if isinstance(error, BaseExceptionGroup):
        return [leaf for inner in error.exceptions for leaf in leaves(inner)]
    return [error]


@ASYNC
@pytest.mark.parametrize("where", ["root", "request", "shielded request"])
async def test_the_body_is_cancelled_and_the_error_raised(world, story, where):
    """L56: what the task failed of leaves, whoever opened the resource; the rest is closed."""
    container, go = Container(), world.event()
    below = story.add(container, "below", kind="async generator", scope="singleton")
    lifetime = "singleton" if where == "root" else "request"
    container.bind("failing", failing(world, go, lifetime, shield=where.startswith("shielded")))
    went_on = []

    async def body():
        async with container:
            if where == "root":
                await container.aget("failing")
                go.set()
                await world.event().wait()
                went_on.append(True)
                return
            async with container.resource_scope():
                await container.aget("failing")
                go.set()
                await world.event().wait()
                went_on.append(True)

    with pytest.raises(BaseExceptionGroup) as caught:
        await body()

    assert [str(leaf) for leaf in leaves(caught.value)] == ["in the background"]
    assert went_on == []
    assert story.closes == ["below"]
    assert below


@ASYNC
async def test_what_depends_on_it_closes_first(world, story):
    """L18: it waits for what was made from it; the body is cancelled all the same."""
    container, go = Container(), world.event()

    class Feed: ...

    container.bind(Feed, failing(world, go, "singleton"))
    story.add(container, "above", Feed, kind="async generator", scope="singleton")

    with pytest.raises(BaseExceptionGroup) as caught:
        async with container:
            go.set()
            await world.event().wait()

    assert [str(leaf) for leaf in leaves(caught.value)] == ["in the background"]
    assert story.closes == ["above"]


@ASYNC
async def test_it_fails_while_the_container_starts(world):
    """The body begins, and is cancelled at its first wait."""
    container, go = Container(), world.event()
    slow = world.event()
    container.bind("failing", failing(world, go, "singleton"))

    @resource(scope="singleton")
    async def other():
        go.set()
        for _ in range(20):
            await world.checkpoint()
        slow.set()
        yield "other"

    container.bind("other", other)

    with pytest.raises(BaseExceptionGroup) as caught:
        async with container:
            await world.event().wait()

    assert [str(leaf) for leaf in leaves(caught.value)] == ["in the background"]
    assert slow.is_set()


@ASYNC
async def test_it_ends_without_an_error(world):
    """A resource that ends by itself and says nothing: an error says so."""
    container, go = Container(), world.event()

    @resource(scope="singleton")
    async def ending():
        make = asyncio.TaskGroup if world.name == "asyncio" else trio.open_nursery
        try:
            async with make() as group:

                async def child():
                    await go.wait()
                    raise Fault("handled")

                (group.create_task(child()) if world.name == "asyncio" else group.start_soon(child))
                yield "value"
        except* Fault:
            pass

    container.bind("ending", ending)

    with pytest.raises(ResourceEndedError, match=r"'ending'.*ended by itself") as caught:
        async with container:
            go.set()
            await world.event().wait()

    assert caught.value.label == "'ending'"


@pytest.mark.worlds("asyncio")
async def test_a_cancellation_from_outside_is_not_lost(world):
    """L31: who cancels the body as well is not robbed of it."""
    container, go = Container(), world.event()
    container.bind("failing", failing(world, go, "singleton"))
    began = world.event()

    async def body():
        async with container:
            go.set()
            began.set()
            await world.event().wait()

    task = asyncio.create_task(body())
    await began.wait()
    for _ in range(3):
        task.cancel()
        await asyncio.sleep(0)
    with pytest.raises((asyncio.CancelledError, BaseExceptionGroup)):
        await task

    assert task.cancelled() or task.cancelling() > 0


@ASYNC
async def test_a_body_that_ends_in_the_same_moment(world):
    """The cancellation that comes too late for the body reaches nobody else."""
    container, go = Container(), world.event()
    container.bind("failing", failing(world, go, "singleton"))

    with pytest.raises(BaseExceptionGroup):
        async with container:
            go.set()

    for _ in range(5):
        await world.checkpoint()
