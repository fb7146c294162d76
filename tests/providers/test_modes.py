"""Values and awaitables: the first call decides, and what is awaited may be awaited twice, by many, or not at all."""

import asyncio
import gc
import warnings

import pytest

from tenure import containers, providers
from tenure.errors import AsyncInSyncError, TenureError
from tests.providers.support import Fault, Thing, settled

BOTH = pytest.mark.worlds("asyncio", "trio")


def is_awaitable(value):
    return hasattr(value, "__await__")


@BOTH
async def test_the_first_call_fixes_the_mode(log, world):
    """Awaitable once, awaitable for good: code written for the first call goes on to work."""
    pool = providers.Resource(log.late("pool"))
    service = providers.Factory(Thing, pool)

    first = await service()
    second = service()

    assert is_awaitable(second)
    assert (await second).needs == first.needs
    await pool.shutdown()


@BOTH
async def test_a_first_call_when_all_is_open(log, world):
    """Plain then, since nothing has to be awaited."""
    pool = providers.Resource(log.late("pool"))
    service = providers.Singleton(Thing, pool)
    opened = await pool()

    assert service().needs == (opened,)
    await pool.shutdown()


def test_a_plain_provider_gives_values():
    """Nothing asynchronous, nothing to await."""
    service = providers.Factory(Thing, 1)

    assert type(service()) is Thing
    assert service.is_async_mode_disabled()


@BOTH
async def test_what_replaces_it_has_a_mode_of_its_own(log, world):
    """Plain meanwhile, awaited again afterwards."""
    pool = providers.Resource(log.late("pool"))
    before = await pool()

    with pool.override(providers.Object("mine")):
        assert pool() == "mine"

    assert await pool() is before
    await pool.shutdown()


@BOTH
async def test_awaitable_for_good_whatever_is_replaced_below(log, world):
    """Who awaits its value goes on to, also where a replacement needs no waiting."""
    pool = providers.Resource(log.late("pool"))
    service = providers.Factory(Thing, pool)
    await service()

    with pool.override(providers.Object("mine")):
        assert (await service()).needs == ("mine",)
    assert (await service()).needs[0].name == "pool"
    await pool.shutdown()


async def test_async_gives_an_awaitable(log, world):
    """`async_()` may be awaited whatever is behind it."""
    pool = providers.Resource(log.of(world, "pool"))
    service = providers.Factory(Thing, pool)

    first = await service.async_()
    second = await service.async_()

    assert first.needs == second.needs
    await settled(pool.shutdown())


async def test_async_takes_arguments(world):
    """As a call does."""
    assert (await providers.Factory(Thing, 1).async_(2, three=3)).needs == (1, 2, 3)


async def test_async_of_a_replaced_provider(world):
    """What replaces it is awaited."""
    one = providers.Object(1)

    with one.override(2):
        assert await one.async_() == 2


async def test_enabled(world):
    """Every call gives an awaitable."""
    service = providers.Factory(Thing, 1)
    service.enable_async_mode()

    assert service.is_async_mode_enabled()
    assert is_awaitable(made := service())
    assert (await made).needs == (1,)


async def test_enabled_is_passed_on(world):
    """What needs it gives awaitables as well."""
    below = providers.Factory(Thing, 1)
    below.enable_async_mode()
    above = providers.Factory(Thing, below)

    assert (await above()).needs[0].needs == (1,)


@BOTH
async def test_disabled_passes_awaitables_on(log, world):
    """The value is made at once; an awaitable among its arguments is passed as it is."""
    pool = providers.Resource(log.late("pool"))
    service = providers.Factory(Thing, pool)
    service.disable_async_mode()

    made = service()

    assert is_awaitable(made.needs[0])
    assert (await made.needs[0]).name == "pool"
    await pool.shutdown()


def test_reset_lets_the_next_call_decide():
    """A mode that was set is forgotten."""
    service = providers.Factory(Thing, 1)
    service.enable_async_mode()

    service.reset_async_mode()

    assert service.is_async_mode_undefined()
    assert type(service()) is Thing


# what is awaited


@BOTH
async def test_awaited_twice(log, world):
    """It is made once."""
    pool = providers.Resource(log.late("pool"))
    service = providers.Factory(Thing, pool)

    pending = service()

    assert await pending is await pending
    await pool.shutdown()


@BOTH
async def test_awaited_by_many_at_the_same_time(log, world):
    """All get the same."""
    pool = providers.Resource(log.late("pool"))
    log.gates["open pool"] = world.event()
    pending = providers.Factory(Thing, pool)()

    async with world.tasks() as tasks:
        jobs = [tasks.start(settled, pending) for _ in range(4)]
        await world.settle()
        log.gates["open pool"].set()

    assert len({job.value for job in jobs}) == 1
    assert log.opens == ["pool"]
    await pool.shutdown()


@BOTH
async def test_a_failure_is_not_remembered(log, world):
    """Awaited again, it is tried again."""
    pool = providers.Resource(log.late("pool"))
    log.faults["open pool"] = Fault()
    pending = pool()

    with pytest.raises(Fault):
        await pending
    log.faults.clear()

    assert (await pending).is_open
    await pool.shutdown()


@BOTH
async def test_one_of_many_is_cancelled(log, world):
    """The others get the value all the same."""
    pool = providers.Resource(log.late("pool"))
    log.gates["open pool"] = world.event()
    pending = pool()

    async with world.tasks() as tasks:
        jobs = [tasks.start(settled, pending) for _ in range(3)]
        await world.settle()
        jobs[0].cancel()
        await world.settle()
        log.gates["open pool"].set()

    assert [job.was_cancelled for job in jobs] == [True, False, False]
    assert {job.value for job in jobs[1:]} == set(log.live)
    assert log.opens == ["pool"]
    jobs[0].error = None
    await pool.shutdown()


@BOTH
async def test_all_are_cancelled(log, world):
    """What was being opened arrives all the same, and is owed."""
    pool = providers.Resource(log.late("pool"))
    log.gates["open pool"] = world.event()

    async with world.tasks() as tasks:
        jobs = [tasks.start(settled, pool()) for _ in range(2)]
        await world.settle()
        for job in jobs:
            job.cancel()
        await world.settle()
        log.gates["open pool"].set()
        await world.settle()

    assert (await pool()).is_open
    assert log.opens == ["pool"]
    await pool.shutdown()
    assert log.live == []
    for job in jobs:
        job.error = None


@BOTH
async def test_dropped_without_being_awaited(log, world):
    """Python says so, as it does of coroutines; nothing was opened."""
    pool = providers.Resource(log.late("pool"))
    service = providers.Factory(Thing, pool)

    with pytest.warns(RuntimeWarning, match="never awaited"):  # noqa: PT031  # it is told when it is collected
        service()
        gc.collect()

    assert log == []


@BOTH
async def test_closed_without_being_awaited(log, world):
    """Whoever closes it knows."""
    pending = providers.Resource(log.late("pool"))()

    pending.close()
    del pending
    gc.collect()

    assert log == []


@BOTH
async def test_the_scope_of_the_call_counts(log, world):
    """Awaited after the scope was left, it opens nothing there."""

    class App(containers.DeclarativeContainer):
        pool = providers.Resource(log.late("pool"))

    app = App()
    async with app.resource_scope():
        pending = app.pool()

    with pytest.raises(TenureError):
        await pending
    assert log == []


@BOTH
async def test_called_outside_and_awaited_inside(log, world):
    """It belongs to the container, from which it was asked for."""

    class App(containers.DeclarativeContainer):
        pool = providers.Resource(log.late("pool"))

    app = App()
    pending = app.pool()
    async with app.resource_scope():
        opened = await pending

    assert opened.is_open
    await app.shutdown_resources()


def test_asyncio_run(log):
    """It is a coroutine to `asyncio.run`."""
    pool = providers.Resource(log.late("pool"))

    class App(containers.DeclarativeContainer):
        service = providers.Factory(Thing, pool)

    app = App()

    async def main():
        await app.shutdown_resources()

    with asyncio.Runner() as runner:
        assert runner.run(app.service()).needs[0].name == "pool"
        runner.run(main())
    assert log.live == []


def test_asyncio_runs_what_needs_no_waiting():
    """`init_resources()` and `shutdown_resources()` are coroutines to it as well."""
    app = containers.DynamicContainer()

    assert asyncio.run(app.init_resources()) is None
    assert asyncio.run(app.shutdown_resources()) is None


@pytest.mark.worlds("asyncio")
async def test_asyncio_create_task(log, world):
    """It is a coroutine to a task."""
    pool = providers.Resource(log.late("pool"))

    assert await asyncio.create_task(pool()) is await pool()
    await asyncio.create_task(pool.shutdown())
    assert log.live == []


@pytest.mark.worlds("asyncio")
async def test_asyncio_gather(log, world):
    """One opens, all get it."""
    pool = providers.Resource(log.late("pool"))

    values = await asyncio.gather(*[pool() for _ in range(5)])

    assert len(set(values)) == 1
    await pool.shutdown()


@pytest.mark.worlds("asyncio")
async def test_asyncio_wait_for(log, world):
    """At its limit it is left, and what was being opened is owed when it arrives."""
    pool = providers.Resource(log.late("pool"))
    log.gates["open pool"] = asyncio.Event()

    with pytest.raises(TimeoutError):
        await asyncio.wait_for(pool(), 0.001)
    log.gates["open pool"].set()

    assert (await asyncio.wait_for(pool(), 1)).is_open
    assert log.opens == ["pool"]
    await pool.shutdown()


@pytest.mark.worlds("asyncio")
async def test_asyncio_ensure_future_and_shield(log, world):
    """Both take it."""
    pool = providers.Resource(log.late("pool"))

    assert await asyncio.shield(asyncio.ensure_future(pool())) is await pool()
    await pool.shutdown()


@BOTH
async def test_an_asynchronous_factory_in_a_list(log, world):
    """What holds it is awaited."""
    pool = providers.Resource(log.late("pool"))
    values = await providers.List(pool, providers.Factory(Thing, pool), 3)()

    assert values[0] is values[1].needs[0]
    await pool.shutdown()


@BOTH
async def test_a_coroutine_function_in_a_singleton(world):
    """It is run once, however many wait."""
    ran = []

    async def make():
        ran.append(1)
        await world.checkpoint()
        return Thing()

    singleton = providers.Singleton(make)

    async with world.tasks() as tasks:
        jobs = [tasks.start(settled, singleton()) for _ in range(3)]

    assert len({job.value for job in jobs}) == 1
    assert ran == [1]


def test_outside_of_a_loop_nothing_is_opened_by_a_call(log):
    """It gives something to be awaited; a `get` refuses."""

    class App(containers.DeclarativeContainer):
        pool = providers.Resource(log.late("pool"))

    app = App()
    app.pool().close()

    with pytest.raises(AsyncInSyncError):
        app.get("pool")
    assert log == []


def test_cancelled_before_it_began(log):
    """Whoever was cancelled did not forget to await: a coroutine that is cancelled so warns of nothing either."""
    pool = providers.Resource(log.late("pool"))

    async def main():
        task = asyncio.create_task(pool())
        task.cancel()
        await asyncio.wait([task])

    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        asyncio.run(main())
        gc.collect()

    assert told == []
    assert log == []
