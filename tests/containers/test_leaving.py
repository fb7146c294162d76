"""What observers are told of the end of a declarative container's life: its root is left, as that of the other face."""

import asyncio

import pytest

from tenure import Container, containers, providers
from tenure.errors import AsyncInSyncError, CloseError
from tenure.events import (
    Closed,
    CloseFailed,
    Closing,
    Opened,
    OpenFailed,
    Opening,
    ScopeEntered,
    ScopeLeaving,
    ScopeLeft,
    StartBegan,
    StartEnded,
)
from tenure.health.states import state_of
from tests.providers.support import Fault, Thing, settled

STARTED = [StartBegan, Opening, Opened, StartEnded]
LEFT = [ScopeLeaving, Closing, Closed, ScopeLeft]


class Kind(providers.Resource):
    """A kind of resources, to shut down alone."""


def app_of(log, world, *names):
    """Return a container of asynchronous resources where there is a loop, and what is told of it."""
    app, told = containers.DynamicContainer(), []
    for name in names:
        app.set_provider(name, providers.Resource(log.of(world, name)))
    app.observe(told.append)
    return app, told


def kinds(told):
    return [type(event) for event in told]


def ends(told):
    """Return what was told of the root's end."""
    return [event for event in told if isinstance(event, ScopeLeaving | ScopeLeft) and event.scope == "root"]


async def test_a_life_is_told_as_that_of_the_other_face(log, world):
    """Start, then the leaving of the root around the closings, with the number of the start's scope."""
    app, told = app_of(log, world, "pool")
    other, told_of_other = Container(), []
    other.bind("pool", log.of(world, "other"), scope="singleton")
    other.observe(told_of_other.append)

    async with world.inside(app):
        pass
    async with world.inside(other):
        pass

    assert kinds(told) == kinds(told_of_other) == [*STARTED, *LEFT]
    assert {event.scope_id for event in told} == {told[0].scope_id}
    assert {event.scope for event in told} == {"root"}


async def test_what_ended_the_body_is_told(log, world):
    """The same error when the root begins to be left and when it is left."""
    app, told = app_of(log, world, "pool")

    with pytest.raises(Fault) as info:
        async with world.inside(app):
            raise Fault

    assert [event.outcome for event in ends(told)] == [info.value, info.value]


async def test_a_second_shutdown_leaves_nothing(log, world):
    """Nor does the first of a container in which nothing was started or opened."""
    app, told = app_of(log, world, "pool")

    await settled(app.shutdown_resources())
    assert told == []
    await settled(app.init_resources())
    await settled(app.shutdown_resources())
    await settled(app.shutdown_resources())

    assert kinds(told) == [*STARTED, *LEFT]


async def test_each_life_ends(log, world):
    """What is started after a shutdown is left again."""
    app, told = app_of(log, world, "pool")

    for _ in range(2):
        await settled(app.init_resources())
        await settled(app.shutdown_resources())

    assert kinds(told) == [*STARTED, *LEFT] * 2


async def test_what_was_opened_without_a_start_is_left(log, world):
    """A life begins with the first opening as well."""
    app, told = app_of(log, world, "pool")

    await settled(app.pool())
    await settled(app.shutdown_resources())

    assert kinds(told) == [Opening, Opened, *LEFT]


async def test_a_start_of_nothing_is_left(log, world):
    """A container without resources has lives, too."""
    app, told = app_of(log, world)

    async with world.inside(app):
        pass

    assert kinds(told) == [StartBegan, StartEnded, ScopeLeaving, ScopeLeft]


async def test_a_part_is_no_life(log, world):
    """Shutting down a type, or one provider, leaves no root; shutting down the rest does."""
    app, told = app_of(log, world, "pool", "other")
    app.mine = Kind(log.of(world, "mine"))
    await settled(app.init_resources())

    await settled(app.shutdown_resources(Kind))
    await settled(app.other.shutdown())
    assert log.closes == ["mine", "other"]
    assert ends(told) == []
    await settled(app.shutdown_resources())

    assert kinds(told)[-4:] == LEFT


async def test_a_type_alone_is_a_part(log, world):
    """Also where nothing else is open."""
    app, told = app_of(log, world, "pool")
    await settled(app.init_resources())

    await settled(app.shutdown_resources(providers.Resource))

    assert log.closes == ["pool"]
    assert ends(told) == []


async def test_a_start_that_fails_leaves_nothing(log, world):
    """It closes what it opened before it ends, and a shutdown after it has nothing to do."""
    app, told = app_of(log, world, "pool")
    app.bad = providers.Resource(log.of(world, "bad"), app.pool)
    log.faults["open bad"] = Fault()

    with pytest.raises(Fault):
        await settled(app.init_resources())
    await settled(app.shutdown_resources())

    assert kinds(told) == [StartBegan, Opening, Opened, Opening, OpenFailed, Closing, Closed, StartEnded]


async def test_a_container_inside_is_a_part(log, world):
    """The root is that of the outer one; it is left when nothing in it stays open."""

    class Core(containers.DeclarativeContainer):
        pool = providers.Resource(log.of(world, "pool"))

    class App(containers.DeclarativeContainer):
        core = providers.Container(Core)
        other = providers.Resource(log.of(world, "other"))

    app, told = App(), []
    app.observe(told.append)
    await settled(app.init_resources())

    await settled(app.core.container.shutdown_resources())
    assert log.closes == ["pool"]
    assert ends(told) == []
    await settled(app.shutdown_resources())

    assert kinds(told)[-4:] == LEFT


@pytest.mark.worlds("asyncio", "trio")
async def test_a_container_inside_while_the_other_opens(log, world):
    """What the outer one is about to have keeps the root as well."""

    class Core(containers.DeclarativeContainer):
        pool = providers.Resource(log.of(world, "pool"))

    class App(containers.DeclarativeContainer):
        core = providers.Container(Core)
        other = providers.Resource(log.of(world, "other"))

    app, told = App(), []
    app.observe(told.append)
    await settled(app.core.container.pool())
    log.gates["open other"] = world.event()

    async with world.tasks() as tasks:
        job = tasks.start(app.aget, "other")
        await world.settle()
        await app.core.container.shutdown_resources()
        log.gates["open other"].set()
        await job.wait()

    assert log == ["open pool", "close pool", "open other"]
    assert ends(told) == []
    await app.shutdown_resources()


@pytest.mark.worlds("asyncio", "trio")
async def test_a_value_that_is_made_meanwhile_keeps_nothing(log, world):
    """It owes nothing: the root is left all the same."""
    app, told = app_of(log, world, "pool")
    made = world.event()

    async def make():
        await made.wait()
        return Thing()

    app.value = providers.Singleton(make)
    await app.init_resources()

    async with world.tasks() as tasks:
        job = tasks.start(app.aget, "value")
        await world.settle()
        await app.shutdown_resources()
        made.set()
        await job.wait()

    assert kinds(told)[-4:] == LEFT


async def test_part_of_a_type_driven_container(log, world):
    """The root is that of the type-driven one, which is left when it is closed."""
    app, _ = app_of(log, world, "pool")
    whole, told = Container(), []
    whole.include(app)
    whole.observe(told.append)

    async with world.inside(whole):
        await settled(app.init_resources())
        await settled(app.shutdown_resources())
        assert log.closes == ["pool"]
        assert ends(told) == []

    assert kinds(told)[-2:] == [ScopeLeaving, ScopeLeft]


async def test_what_fails_to_close_ends_it_too(log, world):
    """That the root is left is told after the failure."""
    app, told = app_of(log, world, "pool")
    await settled(app.init_resources())
    log.faults["close pool"] = Fault()

    with pytest.raises(CloseError):
        await settled(app.shutdown_resources())

    assert kinds(told)[-4:] == [ScopeLeaving, Closing, CloseFailed, ScopeLeft]


@pytest.mark.worlds("asyncio", "trio")
async def test_a_shutdown_after_one_of_a_part(log, world):
    """What is being closed already is waited for before the root is left."""
    app, told = app_of(log, world, "pool", "mine")
    await app.init_resources()
    log.gates["close mine"] = world.event()

    async with world.tasks() as tasks:
        jobs = [tasks.start(app.mine.shutdown)]
        await world.settle()
        jobs.append(tasks.start(app.shutdown_resources))
        await world.settle()
        log.gates["close mine"].set()
        for job in jobs:
            await job.wait()

    assert kinds(told)[-6:] == [Closing, ScopeLeaving, Closed, Closing, Closed, ScopeLeft]


@pytest.mark.worlds("asyncio", "trio")
async def test_two_shutdowns_at_once_leave_once(log, world):
    """The second waits for the end of the first, and tells nothing of its own."""
    app, told = app_of(log, world, "pool")
    await app.init_resources()
    log.gates["close pool"] = world.event()

    async def shut_down():
        await app.shutdown_resources()

    async with world.tasks() as tasks:
        jobs = [tasks.start(shut_down) for _ in range(2)]
        await world.settle()
        assert len(ends(told)) == 1
        log.gates["close pool"].set()
        for job in jobs:
            await job.wait()

    assert kinds(told) == [*STARTED, *LEFT]


@pytest.mark.worlds("asyncio", "trio")
async def test_two_shutdowns_while_something_opens_leave_once(log, world):
    """Both wait until the opening has ended, which is withdrawn; what it opened is closed before the root is left."""
    app, told = app_of(log, world, "pool", "late")
    log.gates["open late"] = world.event()
    await settled(app.pool())

    async def open_it():
        with pytest.raises(Exception, match="clos"):
            await app.late()

    async with world.tasks() as tasks:
        jobs = [tasks.start(open_it)]
        await world.settle()
        jobs += [tasks.start(app.shutdown_resources) for _ in range(2)]
        await world.settle()
        log.gates["open late"].set()
        for job in jobs:
            await job.wait()

    assert [type(event) for event in ends(told)] == [ScopeLeaving, ScopeLeft]
    assert kinds(told)[-1] is ScopeLeft
    assert log.live == []


@pytest.mark.worlds("asyncio", "trio")
async def test_only_what_opens_is_left(log, world):
    """An opening under way is enough of a life."""
    app, told = app_of(log, world, "late")
    log.gates["open late"] = world.event()

    async def open_it():
        with pytest.raises(Exception, match="clos"):
            await app.late()

    async with world.tasks() as tasks:
        jobs = [tasks.start(open_it)]
        await world.settle()
        jobs.append(tasks.start(app.shutdown_resources))
        await world.settle()
        log.gates["open late"].set()
        for job in jobs:
            await job.wait()

    assert [type(event) for event in ends(told)] == [ScopeLeaving, ScopeLeft]
    assert kinds(told)[-1] is ScopeLeft


async def test_closing_code_that_shuts_down(log, world):
    """It is part of the leaving that goes on."""
    app, told = containers.DynamicContainer(), []

    def pool():
        yield 1
        app.shutdown_resources()

    app.pool = providers.Resource(pool)
    app.observe(told.append)

    async with world.inside(app):
        pass

    assert kinds(told) == [*STARTED, *LEFT]


async def test_a_life_after_one_that_was_cut_short(log, world):
    """What ends a shutdown ends the leaving; the next life is told as the first."""
    app, told = app_of(log, world, "pool")
    await settled(app.init_resources())
    log.faults["close pool"] = KeyboardInterrupt()
    with pytest.raises(KeyboardInterrupt):
        await settled(app.shutdown_resources())
    del log.faults["close pool"]
    told.clear()

    async with world.inside(app):
        pass

    assert kinds(told) == [*STARTED, *LEFT]


def test_what_cannot_be_closed_is_not_left(log):
    """`with` around what has to be awaited is refused; nothing is told, and the container counts as started."""
    app, told = containers.DynamicContainer(), []
    app.pool = providers.Resource(log.late("pool"))
    app.observe(told.append)

    async def main():
        await app.init_resources()
        with pytest.raises(AsyncInSyncError):
            app.__exit__(None, None, None)
        assert kinds(told) == STARTED
        assert state_of(app.__tenure_engine__) == "started"
        await app.shutdown_resources()
        assert state_of(app.__tenure_engine__) == "not started"

    asyncio.run(main())

    assert kinds(told) == [*STARTED, *LEFT]


def test_what_ended_with_its_loop_is_left(log):
    """It closes by itself there; the life ends with the shutdown."""
    app, told = containers.DynamicContainer(), []
    app.pool = providers.Resource(log.late("pool"))
    app.observe(told.append)

    asyncio.run(app.init_resources())
    assert log.closes == ["pool"]
    app.shutdown_resources()

    assert kinds(told) == [*STARTED, Closing, Closed, ScopeLeaving, ScopeLeft]


def test_what_is_not_awaited_is_not_left(log):
    """An awaitable that nobody awaits has begun nothing."""
    app, told = containers.DynamicContainer(), []
    app.pool = providers.Resource(log.late("pool"))
    app.observe(told.append)

    async def main():
        await app.init_resources()
        app.shutdown_resources().close()
        assert kinds(told) == STARTED
        await app.shutdown_resources()

    asyncio.run(main())

    assert kinds(told) == [*STARTED, *LEFT]


def test_what_one_context_has_is_of_the_life():
    """A resource of a context is closed by the shutdown of everything."""

    def local():
        yield 1

    app, told = containers.DynamicContainer(), []
    app.local = providers.ContextLocalResource(local)
    app.observe(told.append)
    app.local()

    app.shutdown_resources()

    assert kinds(told) == [Opening, Opened, *LEFT]


class _InItsOwnWay(providers.Resource):
    """Says itself how it is shut down."""

    def shutdown(self):
        return super().shutdown()


class _InItsOwnTime(providers.Resource):
    """Says itself how it is shut down, and awaits."""

    async def shutdown(self):
        await providers.Resource.shutdown(self)


async def test_what_is_shut_down_in_its_own_way_is_of_the_life(log, world):
    """Its closing is told inside the leaving of the root."""
    app, told = app_of(log, world)
    app.mine = _InItsOwnWay(log.of(world, "mine"))

    async with world.inside(app):
        pass

    assert kinds(told) == [*STARTED, *LEFT]


async def test_what_is_not_open_is_not_shut_down_in_its_own_way(log, world):
    """Only what is open is asked, the last first."""
    asked = []

    class Mine(providers.Resource):
        def shutdown(self):
            asked.append(self)
            return super().shutdown()

    app = containers.DynamicContainer()
    app.first, app.unopened, app.last = (Mine(log.of(world, name)) for name in ("first", "unopened", "last"))
    await settled(app.first())
    await settled(app.last())

    await settled(app.shutdown_resources())

    assert asked == [app.last, app.first]
    assert log.closes == ["last", "first"]


@pytest.mark.worlds("asyncio", "trio")
async def test_what_is_shut_down_in_its_own_time_is_of_the_life(log, world):
    """Also where only its own way has to be awaited."""
    app, told = app_of(log, world)
    app.mine = _InItsOwnTime(log.plain("mine"))

    async with world.inside(app):
        pass

    assert kinds(told) == [*STARTED, *LEFT]


@pytest.mark.worlds("asyncio", "trio")
async def test_what_fails_in_its_own_way_keeps_nothing_open(log, world):
    """The others are shut down, those that have to be awaited as well, and the failure is raised at the end."""

    class Failing(providers.Resource):
        def shutdown(self):
            raise Fault

    class Awaited(providers.Resource):
        def shutdown(self):
            return _InItsOwnTime.shutdown(self)

    app, _ = app_of(log, world)
    app.mine = Failing(log.plain("mine"))
    app.yours = Awaited(log.plain("yours"))
    app.pool = providers.Resource(log.plain("pool"))
    await settled(app.init_resources())

    with pytest.raises(CloseError) as info:
        await app.shutdown_resources()

    assert [type(error) for error in info.value.exceptions] == [Fault]
    assert sorted(log.closes) == ["mine", "pool", "yours"]


def test_a_refused_end_shuts_nothing_down(log):
    """Nor what is shut down in its own way."""
    app = containers.DynamicContainer()
    app.pool = providers.Resource(log.late("pool"))
    app.mine = _InItsOwnWay(log.plain("mine"))

    async def main():
        await app.init_resources()
        with pytest.raises(AsyncInSyncError):
            app.__exit__(None, None, None)
        assert log.closes == []
        await app.shutdown_resources()

    asyncio.run(main())

    assert sorted(log.closes) == ["mine", "pool"]


async def test_scopes_that_are_open_stay(log, world):
    """A shutdown leaves the root only; who is in a scope goes on, and leaves it later."""
    app, told = app_of(log, world, "pool")
    await settled(app.pool())

    async with world.inside(app.resource_scope()):
        await settled(app.shutdown_resources())

    of_scopes = (ScopeEntered, ScopeLeaving, ScopeLeft)
    scopes = [(type(event), event.scope) for event in told if isinstance(event, of_scopes)]
    assert scopes == [
        (ScopeEntered, "request"),
        (ScopeLeaving, "root"), (ScopeLeft, "root"),
        (ScopeLeaving, "request"), (ScopeLeft, "request"),
    ]  # fmt: skip


async def test_what_stays_open_keeps_the_root(log, world):
    """A provider that was taken out of the container is not shut down with it, so that the root is not left."""
    app, told = app_of(log, world, "pool", "other")
    await settled(app.init_resources())
    other = app.other
    del app.other

    await settled(app.shutdown_resources())

    assert log.closes == ["pool"]
    assert ends(told) == []
    await settled(other.shutdown())


async def test_who_looks_away_meanwhile(log, world):
    """It is told of no end, and nothing breaks."""
    app, told = containers.DynamicContainer(), []

    def pool():
        yield 1
        look_away()

    app.pool = providers.Resource(pool)
    look_away = app.observe(told.append)

    async with world.inside(app):
        pass

    assert kinds(told) == [*STARTED, ScopeLeaving, Closing]


async def test_who_looks_from_the_middle_on(log, world):
    """It is not told of the end of what it did not see begin."""
    app, told = containers.DynamicContainer(), []

    def pool():
        yield 1
        app.observe(told.append)

    app.pool = providers.Resource(pool)

    async with world.inside(app):
        pass

    assert ends(told) == []
