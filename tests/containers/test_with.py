"""`with` and `async with` on a declarative container: everything is opened, and closed with the body's outcome."""

import gc

import pytest

from tenure import containers, providers
from tenure.errors import AsyncInSyncError, CloseError, closing_errors
from tests.providers.support import Fault, Thing, settled


def app_of(log, world):
    class App(containers.DeclarativeContainer):
        pool = providers.Resource(log.of(world, "pool"))
        session = providers.Resource(log.of(world, "session"), pool)
        other = providers.Resource(log.plain("other"))
        service = providers.Singleton(Thing, session)

    return App()


async def test_everything_is_opened_and_closed(log, world):
    """Inside every resource is open, afterwards each is closed, dependents first."""
    app = app_of(log, world)

    async with world.inside(app) as inside:
        assert sorted(log.opens) == ["other", "pool", "session"]
        assert log.closes == []

    assert inside is app
    assert sorted(log.closes) == ["other", "pool", "session"]
    assert log.closes.index("session") < log.closes.index("pool")


async def test_inside_the_values_are_had_at_once(log, world):
    """What is open needs no awaiting, also in what is made of it."""
    app = app_of(log, world)

    async with world.inside(app):
        service = app.get("service")

        assert service.needs == (app.get("session"),)


async def test_it_may_be_entered_again(log, world):
    """A declarative container is not used up by being closed."""
    app = app_of(log, world)
    async with world.inside(app):
        first = app.get("session")

    async with world.inside(app):
        second = app.get("session")

    assert first is not second
    assert log.opens.count("session") == log.closes.count("session") == 2


async def test_what_was_open_before_is_used_and_closed(log, world):
    """Entering opens what is missing; leaving closes all."""
    app = app_of(log, world)
    before = await settled(app.pool())

    async with world.inside(app):
        assert app.get("pool") is before

    assert log.opens.count("pool") == 1
    assert log.live == []


async def test_a_singleton_of_a_closed_resource_is_made_anew(log, world):
    """Nothing hands out what was made of something that is closed."""
    app = app_of(log, world)
    async with world.inside(app):
        before = app.get("service")

    async with world.inside(app):
        after = app.get("service")

        assert after is not before
        assert after.needs[0].is_open
    assert not before.needs[0].is_open


async def test_a_failed_opening_closes_what_was_opened(log, world):
    """The failure leaves as itself; the body never runs; nothing stays open."""
    app = app_of(log, world)
    log.faults["open session"] = fault = Fault()

    with pytest.raises(Fault) as info:
        async with world.inside(app):
            pytest.fail("the body ran")

    assert info.value is fault
    assert log.live == []
    assert log.opens.count("pool") == log.closes.count("pool") == 1
    fault.__traceback__ = None


async def test_a_failed_opening_leaves_what_was_open_before(log, world):
    """Only what this entering opened is closed again."""
    app = app_of(log, world)
    pool = await settled(app.pool())
    log.faults["open session"] = Fault()

    with pytest.raises(Fault):
        async with world.inside(app):
            pytest.fail("the body ran")

    assert log.live == [pool]
    await settled(app.shutdown_resources())


async def test_after_a_failed_opening_it_may_be_tried_again(log, world):
    """A failure is not remembered."""
    app = app_of(log, world)
    log.faults["open session"] = Fault()
    with pytest.raises(Fault):
        async with world.inside(app):
            pass
    log.faults.clear()

    async with world.inside(app):
        assert len(log.live) == 3

    assert log.live == []


async def test_resources_are_shown_the_error_of_the_body(log, world):
    """Each of them, and it leaves as itself."""
    app = app_of(log, world)
    fault = Fault()

    with pytest.raises(Fault) as info:
        async with world.inside(app):
            raise fault

    assert info.value is fault
    assert log.told == {"pool": fault, "session": fault, "other": fault}


async def test_an_ordinary_end_shows_no_error(log, world):
    """Where nothing failed, resources see none."""
    async with world.inside(app_of(log, world)):
        pass

    assert log.told == {}


async def test_all_are_closed_whatever_closing_raises(log, world):
    """The errors come together; the others are closed all the same."""
    app = app_of(log, world)
    log.faults.update({"close session": Fault("s"), "close other": Fault("o")})

    with pytest.raises(CloseError) as info:
        async with world.inside(app):
            pass

    assert sorted(map(str, info.value.exceptions)) == ["o", "s"]
    assert log.live == []


async def test_closing_errors_travel_with_the_error_of_the_body(log, world):
    """The body's error leaves, with what closing raised besides."""
    app = app_of(log, world)
    log.faults["close pool"] = closing = Fault("closing")
    body = KeyError("body")

    with pytest.raises(KeyError) as info:
        async with world.inside(app):
            raise body

    assert info.value is body
    assert list(closing_errors(body)) == [closing]


def test_plain_with_refuses_asynchronous_resources(log):
    """They could not be closed; nothing was opened, and nothing is left to warn of."""

    class App(containers.DeclarativeContainer):
        first = providers.Resource(log.plain("first"))
        second = providers.Resource(log.late("second"))

    with pytest.raises(AsyncInSyncError):
        with App():
            pytest.fail("the body ran")

    gc.collect()
    assert log == []


@pytest.mark.worlds("asyncio", "trio")
async def test_plain_with_takes_asynchronous_resources_that_are_open(log, world):
    """They are refused when it is left: that needs waiting."""

    class App(containers.DeclarativeContainer):
        first = providers.Resource(log.late("first"))

    app = App()
    await app.first()

    with pytest.raises(AsyncInSyncError):
        with app:
            assert log == ["open first"]

    assert app.first.initialized
    await app.shutdown_resources()
    assert log == ["open first", "close first"]


@pytest.mark.worlds("asyncio", "trio")
async def test_independent_ones_open_at_the_same_time(log, world):
    """Each waits at its gate while the other does."""

    class App(containers.DeclarativeContainer):
        first = providers.Resource(log.late("first"))
        second = providers.Resource(log.late("second"))

    log.gates = {"open first": world.event(), "open second": world.event()}
    app = App()

    async def body():
        async with app:
            pass

    async with world.tasks() as tasks:
        job = tasks.start(body)
        await world.settle()
        assert sorted(log.reached) == ["open first", "open second"]
        for gate in log.gates.values():
            gate.set()
        await job.wait()

    assert job.error is None
    assert log.live == []


@pytest.mark.worlds("asyncio", "trio")
async def test_a_cancelled_body_closes_everything(log, world):
    """Cancellation is shown to the resources, and reaches nothing that closes them."""

    class App(containers.DeclarativeContainer):
        first = providers.Resource(log.late("first"))
        second = providers.Resource(log.late("second"), first)

    async def body():
        async with App():
            await world.forever()

    async with world.tasks() as tasks:
        job = tasks.start(body)
        await world.settle()
        job.cancel()
        await job.wait()

    assert job.was_cancelled
    assert log.closes == ["second", "first"]
    assert all(world.is_cancelled(error) for error in log.told.values())
    log.told.clear()
    job.error = None


@pytest.mark.worlds("asyncio", "trio")
async def test_a_cancelled_entering_closes_what_was_opened(log, world):
    """What was being opened when the cancellation came is opened to its end, and closed as well."""

    class App(containers.DeclarativeContainer):
        first = providers.Resource(log.late("first"))
        second = providers.Resource(log.late("second"), first)

    log.gates["open second"] = world.event()
    app = App()

    async def body():
        async with app:
            pytest.fail("the body ran")

    async with world.tasks() as tasks:
        job = tasks.start(body)
        await world.settle()
        assert log == ["open first"]
        job.cancel()
        await world.settle()
        log.gates["open second"].set()
        await job.wait()

    assert job.was_cancelled
    assert log.live == []
    assert app.snapshot().resources == ()
    job.error = None


async def test_containers_inside_are_opened_and_closed_with_it(log, world):
    """In one order across all of them."""

    class Core(containers.DeclarativeContainer):
        pool = providers.Resource(log.of(world, "pool"))

    class App(containers.DeclarativeContainer):
        core = providers.Container(Core)
        session = providers.Resource(log.of(world, "session"), core.pool)

    async with world.inside(App()):
        assert log == ["open pool", "open session"]

    assert log.closes == ["session", "pool"]


async def test_leaving_a_container_inside_another_closes_its_own(log, world):
    """And what depends on that elsewhere; the rest of the outer one stays open."""

    class Core(containers.DeclarativeContainer):
        pool = providers.Resource(log.of(world, "pool"))

    class App(containers.DeclarativeContainer):
        core = providers.Container(Core)
        session = providers.Resource(log.of(world, "session"), core.pool)
        other = providers.Resource(log.of(world, "other"))

    app = App()
    await settled(app.init_resources())

    async with world.inside(app.core.container):
        pass

    assert log.closes == ["session", "pool"]
    await settled(app.shutdown_resources())
    assert log.live == []


async def test_a_dynamic_container_works_alike(log, world):
    """What was set before entering is opened."""
    app = containers.DynamicContainer()
    app.pool = providers.Resource(log.of(world, "pool"))

    async with world.inside(app):
        assert app.get("pool").is_open

    assert log == ["open pool", "close pool"]


async def test_a_resource_first_needed_inside_is_closed_too(log, world):
    """Also one that was added to the container meanwhile."""
    app = containers.DynamicContainer()

    async with world.inside(app):
        app.late = providers.Resource(log.of(world, "late"))
        await world.get(app, "late")

    assert log == ["open late", "close late"]
