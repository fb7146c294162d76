"""`ContextLocalResource`: one for each context, closed where it was opened, or by the container."""

import contextvars

import pytest

from tenure import containers, providers
from tests.providers.support import Fault, Thing, run_threads, settled

BOTH = pytest.mark.worlds("asyncio", "trio")


def app_of(log, world):
    class App(containers.DeclarativeContainer):
        pool = providers.Resource(log.of(world, "pool"))
        local = providers.ContextLocalResource(log.of(world, "local"), pool)
        made = providers.Factory(Thing, local)

    return App()


async def test_one_in_one_context(log, world):
    """However it is asked for."""
    app = app_of(log, world)

    first = await settled(app.local())

    assert await settled(app.local()) is first
    assert (await settled(app.made())).needs == (first,)
    assert app.local.initialized
    await settled(app.shutdown_resources())
    assert log.closes == ["local", "pool"]


@BOTH
async def test_one_for_each_task(log, world):
    """What they need is shared."""
    app = app_of(log, world)

    async with world.tasks() as tasks:
        jobs = [tasks.start(settled, app.local()) for _ in range(4)]

    locals_ = {job.value for job in jobs}
    assert len(locals_) == 4
    assert len({value.needs for value in locals_}) == 1
    await app.shutdown_resources()
    assert log.closes == ["local"] * 4 + ["pool"]


def test_one_for_each_thread(log):
    """A thread begins with a context of its own."""

    class App(containers.DeclarativeContainer):
        pool = providers.Resource(log.plain("pool"))
        local = providers.ContextLocalResource(log.plain("local"), pool)

    app = App()
    results, errors = run_threads(app.local, 4)

    assert errors == []
    assert len(set(results)) == 4
    assert not app.local.initialized
    app.shutdown_resources()
    assert log.live == []


def test_a_context_sees_what_the_one_around_it_had_opened(log):
    """A copy of the context uses what was open when it was copied."""
    local = providers.ContextLocalResource(log.plain("local"))
    first = local()

    assert contextvars.copy_context().run(local) is first
    local.shutdown()


def test_what_a_context_opens_is_not_seen_outside(log):
    """A context that was copied before has its own."""
    local = providers.ContextLocalResource(log.plain("local"))
    inside = contextvars.copy_context().run(local)

    assert not local.initialized
    assert local() is not inside
    local.shutdown()
    assert inside.is_open
    local.shutdown()
    assert log.live == []


async def test_shut_down_here(log, world):
    """Only what this context has is closed; what it needs stays open."""
    app = app_of(log, world)
    await settled(app.local())

    await settled(app.local.shutdown())

    assert log.closes == ["local"]
    assert not app.local.initialized
    assert app.pool.initialized
    await settled(app.shutdown_resources())


async def test_opened_again(log, world):
    """After a shutdown the context has a new one."""
    app = app_of(log, world)
    first = await settled(app.local())
    await settled(app.local.shutdown())

    assert await settled(app.local()) is not first
    await settled(app.shutdown_resources())
    assert log.live == []


async def test_the_pool_is_closed_after_the_local_ones(log, world):
    """Shutting down what they need closes those of every context first."""
    app = app_of(log, world)
    await settled(app.local())

    await settled(app.pool.shutdown())

    assert log.closes == ["local", "pool"]


async def test_a_failed_opening_is_tried_again(log, world):
    """Nothing is remembered of it."""
    app = app_of(log, world)
    log.faults["open local"] = Fault()
    with pytest.raises(Fault):
        await settled(app.local())
    log.faults.clear()

    assert (await settled(app.local())).is_open
    await settled(app.shutdown_resources())
    assert log.live == []


async def test_opened_with_the_container(log, world):
    """`with container` opens that of the context it runs in."""
    app = app_of(log, world)

    async with world.inside(app):
        assert app.local.initialized

    assert log.closes == ["local", "pool"]


async def test_the_error_of_the_body_is_shown(log, world):
    """As to every resource."""
    app = app_of(log, world)
    fault = Fault()

    with pytest.raises(Fault):
        async with world.inside(app):
            raise fault

    assert log.told == {"local": fault, "pool": fault}


async def test_overridden(log, world):
    """What replaces it is given meanwhile, and the original afterwards."""
    app = app_of(log, world)
    before = await settled(app.local())

    with app.local.override(providers.Object("mine")):
        assert app.local() == "mine"
    assert await settled(app.local()) is before

    await settled(app.shutdown_resources())
    assert log.live == []


async def test_two_containers(log, world):
    """Each has its own in the same context."""
    first, second = app_of(log, world), app_of(log, world)

    assert await settled(first.local()) is not await settled(second.local())
    await settled(first.shutdown_resources())
    assert [value.name for value in log.live] == ["pool", "local"]
    await settled(second.shutdown_resources())
    assert log.live == []


async def test_inside_a_request(log, world):
    """It belongs to its context, not to the request: it stays open after it."""
    app = app_of(log, world)

    async with world.inside(app.resource_scope()):
        local = await settled(app.local())

    assert local.is_open
    await settled(app.shutdown_resources())
    assert log.live == []
