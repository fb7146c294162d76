"""`provider.shutdown()`: dependents first, once, and whoever comes meanwhile waits for the end of it."""

import threading

import pytest

from tenure import containers, providers
from tenure.errors import CloseError
from tests.providers.support import Fault, Thing, run_threads, settled

BOTH = pytest.mark.worlds("asyncio", "trio")


def chain(log, world):
    pool = providers.Resource(log.of(world, "pool"))
    session = providers.Resource(log.of(world, "session"), providers.Factory(Thing, pool))
    return pool, session


async def test_dependents_are_closed_first(log, world):
    """Also those that have it by way of a factory."""
    pool, session = chain(log, world)
    await settled(session())

    await settled(pool.shutdown())

    assert log.closes == ["session", "pool"]
    assert not pool.initialized
    assert not session.initialized


async def test_what_it_needs_stays_open(log, world):
    """Only what depends on it goes with it."""
    pool, session = chain(log, world)
    await settled(session())

    await settled(session.shutdown())

    assert log.closes == ["session"]
    assert pool.initialized
    await settled(pool.shutdown())


async def test_it_may_be_opened_again(log, world):
    """`init` opens a new one, for its dependents too."""
    pool, session = chain(log, world)
    first = await settled(session())
    await settled(pool.shutdown())

    second = await settled(session.init())

    assert second is not first
    assert second.is_open
    await settled(pool.shutdown())
    assert log.live == []


async def test_nothing_to_shut_down(log, world):
    """Nothing happens, however often."""
    pool, _ = chain(log, world)

    await settled(pool.shutdown())
    await settled(pool.shutdown())

    assert log == []


async def test_twice(log, world):
    """The second time there is nothing left to do."""
    pool, session = chain(log, world)
    await settled(session())

    await settled(pool.shutdown())
    await settled(pool.shutdown())

    assert log.closes == ["session", "pool"]


async def test_singletons_made_of_it_are_forgotten(log, world):
    """They are made anew from what is open."""
    pool, _ = chain(log, world)
    service = providers.Singleton(Thing, providers.Factory(Thing, pool))
    before = await settled(service())

    await settled(pool.shutdown())
    after = await settled(service())

    assert after is not before
    assert after.needs[0].needs[0].is_open
    await settled(pool.shutdown())


async def test_local_singletons_made_of_it_are_forgotten(log, world):
    """Those of a thread as well."""

    class App(containers.DeclarativeContainer):
        pool = providers.Resource(log.of(world, "pool"))
        service = providers.ThreadLocalSingleton(Thing, pool)

    app = App()
    before = await settled(app.service())

    await settled(app.pool.shutdown())
    after = await settled(app.service())

    assert after is not before
    assert after.needs[0].is_open
    await settled(app.shutdown_resources())


async def test_one_error_is_raised_as_it_is(log, world):
    """It is what the closing code raised, and everything else is closed."""
    pool, session = chain(log, world)
    await settled(session())
    log.faults["close session"] = fault = Fault()

    with pytest.raises(Fault) as info:
        await settled(pool.shutdown())

    assert info.value is fault
    assert log.live == []


async def test_two_errors_come_together(log, world):
    """In order of closing."""
    pool, session = chain(log, world)
    await settled(session())
    log.faults.update({"close session": Fault("session"), "close pool": Fault("pool")})

    with pytest.raises(CloseError) as info:
        await settled(pool.shutdown())

    assert list(map(str, info.value.exceptions)) == ["session", "pool"]
    assert log.live == []


async def test_what_failed_to_close_may_be_opened_again(log, world):
    """A failed closing is a closing."""
    pool, _ = chain(log, world)
    first = await settled(pool())
    log.faults["close pool"] = Fault()
    with pytest.raises(Fault):
        await settled(pool.shutdown())
    log.faults.clear()

    assert (await settled(pool())) is not first
    await settled(pool.shutdown())


async def test_shut_down_through_its_replacement(log, world):
    """While replaced, what stands in is closed as well as what waits for its turn."""
    pool, _ = chain(log, world)
    await settled(pool())
    pool.override(providers.Resource(log.of(world, "mine")))
    await settled(pool())

    await settled(pool.shutdown())

    assert sorted(log.closes) == ["mine", "pool"]


@BOTH
async def test_shutdowns_at_the_same_time_join(log, world):
    """Each ends when it is closed, once."""
    pool, session = chain(log, world)
    await session()
    log.gates["close session"] = world.event()

    async with world.tasks() as tasks:
        jobs = [tasks.start(settled, each.shutdown()) for each in (pool, session, pool)]
        await world.settle()
        assert [job.is_done for job in jobs] == [False] * 3
        log.gates["close session"].set()

    assert [job.error for job in jobs] == [None] * 3
    assert log.closes == ["session", "pool"]


@BOTH
async def test_a_call_while_it_is_shut_down_waits(log, world):
    """And gets a new one."""
    pool, _ = chain(log, world)
    before = await pool()
    log.gates["close pool"] = world.event()

    async with world.tasks() as tasks:
        tasks.start(settled, pool.shutdown())
        await world.settle()
        job = tasks.start(pool.async_)
        await world.settle()
        assert not job.is_done
        log.gates["close pool"].set()

    assert job.value is not before
    assert job.value.is_open
    await pool.shutdown()
    assert log == ["open pool", "close pool", "open pool", "close pool"]


@BOTH
async def test_shut_down_while_it_opens(log, world):
    """It waits for the opening, closes what came of it, and nobody is handed it."""
    pool, _ = chain(log, world)
    log.gates["open pool"] = world.event()

    async with world.tasks() as tasks:
        opening = tasks.start(pool.async_)
        await world.settle()
        closing = tasks.start(settled, pool.shutdown())
        await world.settle()
        assert not closing.is_done
        log.gates["open pool"].set()

    assert closing.error is None
    assert opening.value is None or not opening.value.is_open
    assert log == ["open pool", "close pool"]
    opening.error = None


@BOTH
async def test_a_cancelled_shutdown_closes_all_the_same(log, world):
    """The one who waits is cancelled, what is closed goes on."""
    pool, session = chain(log, world)
    await session()
    log.gates["close session"] = world.event()

    async with world.tasks() as tasks:
        job = tasks.start(settled, pool.shutdown())
        await world.settle()
        job.cancel()
        await world.settle()
        log.gates["close session"].set()
        await job.wait()

    await pool.shutdown()
    assert log.closes == ["session", "pool"]
    job.error = None


def test_threads_that_shut_down_at_the_same_time(log):
    """It is closed once, and all of them come back after the end."""
    pool = providers.Resource(log.plain("pool"))
    session = providers.Resource(log.plain("session"), pool)
    session()

    def work():
        pool.shutdown()
        return len(log.closes)

    results, errors = run_threads(work, 6)

    assert errors == []
    assert results == [2] * 6
    assert log.closes == ["session", "pool"]


def test_a_thread_that_calls_while_another_shuts_down(log):
    """It waits for the end, and opens anew."""
    closing, go = threading.Event(), threading.Event()

    def opening():
        yield from log.plain("pool")()
        closing.set()
        assert go.wait(5)
        log.entries.append("end")

    pool = providers.Resource(opening)
    before = pool()
    thread = threading.Thread(target=pool.shutdown, daemon=True)
    thread.start()
    assert closing.wait(5)
    found = []
    caller = threading.Thread(target=lambda: found.append(pool()), daemon=True)
    caller.start()
    caller.join(0.01)
    assert found == []
    go.set()
    thread.join(5)
    caller.join(5)

    assert found[0] is not before
    assert log == ["open pool", "close pool", "end", "open pool"]
    pool.shutdown()


def test_threads_that_open_and_shut_down(log):
    """Whatever the order: each is closed once, and none of two at a time."""
    pool = providers.Resource(log.plain("pool"))
    turns = iter(range(8))

    def work():
        if next(turns) % 2:
            pool.shutdown()
            return
        for _ in range(20):
            pool()

    _, errors = run_threads(work, 8)
    pool.shutdown()

    assert [error for error in errors if "shut down" not in str(error)] == []
    assert log.live == []
    assert log.entries == ["open pool", "close pool"] * (len(log.entries) // 2)


@BOTH
async def test_synchronous_ones_above_asynchronous_ones(log, world):
    """One order for both colours."""
    pool = providers.Resource(log.late("pool"))
    session = providers.Resource(log.plain("session"), pool)
    above = providers.Resource(log.late("above"), session)
    await above()

    await pool.shutdown()

    assert log.closes == ["above", "session", "pool"]


async def test_inside_a_request(log, world):
    """What the request has goes with it; the rest of the request goes on."""

    class App(containers.DeclarativeContainer):
        pool = providers.Resource(log.of(world, "pool"))
        other = providers.Resource(log.of(world, "other"))
        session = providers.Resource(log.of(world, "session"), pool)

    app = App()
    await settled(app.pool())
    async with world.inside(app.resource_scope()):
        await settled(app.session())
        await settled(app.other())
        await settled(app.pool.shutdown())
        assert log.closes == ["session", "pool"]
        assert app.other.initialized

    assert log.live == []


def test_closing_code_that_asks_for_what_it_needs(log):
    """While it closes, what it needs is still there."""
    pool = providers.Resource(log.plain("pool"))

    def opening(given):
        yield "session"
        assert pool() is given
        assert given.is_open
        log.entries.append("close session")

    session = providers.Resource(opening, pool)
    session()

    pool.shutdown()

    assert log == ["open pool", "close session", "close pool"]
