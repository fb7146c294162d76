"""`resource_scope()` of a declarative container: what is first needed inside belongs to it, and is closed with it."""

import pytest

from tenure import containers, providers
from tenure.errors import AsyncInSyncError, BindingError, ContainerClosedError, Error, NoSuchProviderError, ScopeError
from tests.providers.support import Fault, Thing, run_threads, settled


class Service(Thing):
    pass


class Repository(Thing):
    pass


class Derived(Repository):
    pass


def app_of(log, world):
    class Core(containers.DeclarativeContainer):
        pool = providers.Resource(log.of(world, "pool"))

    class App(containers.DeclarativeContainer):
        core = providers.Container(Core)
        pool = core.pool
        session = providers.Resource(log.of(world, "session"), pool)
        repository = providers.Factory(Repository, session)
        service = providers.Singleton(Service, pool)

    return App()


async def test_what_is_first_needed_inside_is_closed_with_it(log, world):
    """It is one for the whole scope."""
    app = app_of(log, world)

    async with world.inside(app.resource_scope()) as scope:
        first = await world.get(scope, "session")
        assert await world.get(scope, "session") is first
        assert log == ["open pool", "open session"]

    assert log.closes == ["session", "pool"]


async def test_calls_inside_see_the_scope(log, world):
    """A provider that is called belongs to the scope around the call."""
    app = app_of(log, world)

    async with world.inside(app.resource_scope()) as scope:
        repository = await settled(app.repository())

        assert repository.needs == (scope.get("session"),)
    assert log.live == []


async def test_every_scope_has_its_own(log, world):
    """Scopes one after the other share nothing that they opened."""
    app = app_of(log, world)
    seen = []

    for _ in range(2):
        async with world.inside(app.resource_scope()) as scope:
            seen.append(await world.get(scope, "session"))

    assert seen[0] is not seen[1]
    assert log.live == []


async def test_an_outer_holder_is_used(log, world):
    """What the container has open already is not opened again, nor closed with the scope."""
    app = app_of(log, world)
    pool = await settled(app.pool())

    async with world.inside(app.resource_scope()) as scope:
        session = await world.get(scope, "session")
        assert session.needs == (pool,)

    assert log.closes == ["session"]
    await settled(app.shutdown_resources())
    assert log.live == []


async def test_singletons_keep_what_they_need_at_the_root(log, world):
    """What a singleton was made of lives as long as the container, whoever asked first."""
    app = app_of(log, world)

    async with world.inside(app.resource_scope()) as scope:
        service = await world.get(scope, "service")
        session = await world.get(scope, "session")
        assert session.needs == service.needs

    assert log.closes == ["session"]
    assert (await settled(app.service())) is service
    await settled(app.shutdown_resources())
    assert log.closes == ["session", "pool"]


async def test_nested_scopes_use_what_is_open_around_them(log, world):
    """A resource of the outer scope serves the inner one, and outlives it."""
    app = app_of(log, world)

    async with world.inside(app.resource_scope()) as outer:
        session = await world.get(outer, "session")
        async with world.inside(app.resource_scope()) as inner:
            assert await world.get(inner, "session") is session
        assert log.closes == []

    assert log.closes == ["session", "pool"]


async def test_nested_scopes_own_what_they_needed_first(log, world):
    """The inner scope closes it; the outer one opens its own afterwards."""
    app = app_of(log, world)

    async with world.inside(app.resource_scope()) as outer:
        async with world.inside(app.resource_scope()) as inner:
            first = await world.get(inner, "session")
        assert not first.is_open
        assert (await world.get(outer, "session")) is not first

    assert log.live == []


async def test_the_outer_scope_may_be_asked_inside_the_inner_one(log, world):
    """Then it is the outer one that owns, whatever is current."""
    app = app_of(log, world)

    async with world.inside(app.resource_scope()) as outer:
        async with world.inside(app.resource_scope()):
            session = await world.get(outer, "session")
        assert session.is_open

    assert log.live == []


async def test_names_of_scopes(log, world):
    """The first is a request, those inside it have no name, and a call may be opened anywhere."""
    app = app_of(log, world)

    async with world.inside(app.resource_scope()) as first:
        async with world.inside(app.resource_scope()) as second:
            async with world.inside(app.resource_scope("call")) as third:
                assert [each.name for each in (first, second, third)] == ["request", "anonymous", "call"]


async def test_a_request_inside_a_call(log, world):
    """A wider scope inside a narrower one is an error."""
    app = app_of(log, world)

    async with world.inside(app.resource_scope("call")):
        with pytest.raises(ScopeError):
            async with world.inside(app.resource_scope("request")):
                pytest.fail("it was entered")


async def test_an_unknown_scope(log, world):
    """It is an error that names what comes near."""
    with pytest.raises(ScopeError, match="request"):
        async with world.inside(app_of(log, world).resource_scope("requets")):
            pytest.fail("it was entered")


@pytest.mark.parametrize(
    "key",
    [
        pytest.param(lambda app: app.service, id="provider"),
        pytest.param(lambda app: "service", id="name"),
        pytest.param(lambda app: Service, id="class"),
    ],
)
async def test_keys(log, world, key):
    """A provider, its name and the class of what it makes stand for the same."""
    app = app_of(log, world)

    async with world.inside(app.resource_scope()) as scope:
        assert await world.get(scope, key(app)) is await world.get(app, "service")
    await settled(app.shutdown_resources())


async def test_a_dotted_name(log, world):
    """It leads into containers inside."""
    app = app_of(log, world)

    async with world.inside(app.resource_scope()) as scope:
        assert await world.get(scope, "core.pool") is await world.get(scope, app.core.pool)
    assert log.opens == ["pool"]


@pytest.mark.parametrize(
    "where", [pytest.param(lambda app: app, id="container"), pytest.param(lambda app: None, id="scope")]
)
@pytest.mark.parametrize("key", ["sesion", "core.pol", Derived])
async def test_nothing_fits(log, world, where, key):
    """A name or a class that nothing has is an error; nothing was opened."""
    app = app_of(log, world)

    async with world.inside(app.resource_scope()) as scope:
        with pytest.raises(NoSuchProviderError):
            await world.get(where(app) or scope, key)

    assert log == []


def test_a_near_name_is_told(log):
    """The error of a name that is not there shows one that is."""

    class App(containers.DeclarativeContainer):
        session = providers.Resource(log.plain("session"))

    with pytest.raises(NoSuchProviderError, match="did you mean session"):
        App().get("sesion")


def test_several_providers_of_a_class():
    """Which one is meant has to be said by name; the error has their names."""

    class App(containers.DeclarativeContainer):
        first = providers.Factory(Service)
        second = providers.Singleton(Service)

    with pytest.raises(Error, match=r"first.*second"):
        App().get(Service)


def test_a_base_class_stands_for_what_derives_from_it():
    """Where nothing makes exactly the class, what makes a subclass of it fits."""

    class App(containers.DeclarativeContainer):
        made = providers.Factory(Derived)

    assert type(App().get(Repository)) is Derived


async def test_the_error_of_the_body_is_shown(log, world):
    """To what the scope owns, and to nothing outside of it."""
    app = app_of(log, world)
    await settled(app.pool())
    fault = Fault()

    with pytest.raises(Fault):
        async with world.inside(app.resource_scope()) as scope:
            await world.get(scope, "session")
            raise fault

    assert log.told == {"session": fault}
    await settled(app.shutdown_resources())
    assert "pool" not in log.told


async def test_a_scope_that_was_left_refuses(log, world):
    """It hands out nothing that it closed."""
    app = app_of(log, world)
    async with world.inside(app.resource_scope()) as scope:
        await world.get(scope, "session")

    with pytest.raises(ContainerClosedError):
        await world.get(scope, "session")


async def test_a_scope_is_entered_once(log, world):
    """Another one is asked for anew."""
    handle = app_of(log, world).resource_scope()
    async with world.inside(handle):
        pass

    with pytest.raises(ScopeError):
        async with world.inside(handle):
            pytest.fail("it was entered")


@pytest.mark.parametrize("number", [0, -1])
def test_how_many_at_a_time(number, log, world):
    """At least one resource is opened at a time."""
    with pytest.raises(BindingError):
        app_of(log, world).resource_scope(max_parallel=number)


async def test_values_are_refused(log, world):
    """Providers say what they need by other providers: a value given to a scope would serve nothing."""
    with pytest.raises(BindingError):
        async with world.inside(app_of(log, world).resource_scope(values={Service: Service()})):
            pytest.fail("it was entered")


def test_a_scope_entered_by_plain_with_refuses_asynchronous_resources(log):
    """It could not close them; nothing is opened."""

    class App(containers.DeclarativeContainer):
        session = providers.Resource(log.late("session"))

    app = App()

    with app.resource_scope() as scope:
        with pytest.raises(AsyncInSyncError):
            scope.get("session")

    assert log == []


@pytest.mark.worlds("asyncio", "trio")
async def test_concurrent_tasks_have_their_own(log, world):
    """Each request sees its own session and the shared pool, while the others are open."""
    app = app_of(log, world)
    await settled(app.pool())
    gate = world.event()

    async def request():
        async with app.resource_scope():
            repository = await settled(app.repository())
            await gate.wait()
            assert (await settled(app.repository())).needs == repository.needs
            return repository.needs[0]

    async with world.tasks() as tasks:
        jobs = [tasks.start(request) for _ in range(5)]
        await world.settle()
        assert len(log.live) == 6
        gate.set()

    sessions = {job.value for job in jobs}
    assert len(sessions) == 5
    assert len({session.needs for session in sessions}) == 1
    assert len(log.live) == 1
    await settled(app.shutdown_resources())


@pytest.mark.worlds("asyncio", "trio")
async def test_tasks_of_a_request_share_what_it_opens(log, world):
    """Tasks started inside a scope are in it; one opens, all get it."""
    app = app_of(log, world)

    async with app.resource_scope():
        async with world.tasks() as tasks:
            jobs = [tasks.start(app.aget, "session") for _ in range(5)]

    assert len({job.value for job in jobs}) == 1
    assert log.opens.count("session") == 1
    assert log.live == []


def test_threads_have_their_own(log, world):
    """Each thread's request sees its own session and the shared pool."""

    class App(containers.DeclarativeContainer):
        pool = providers.Resource(log.plain("pool"))
        session = providers.Resource(log.plain("session"), pool)

    app = App()
    app.pool()

    def request():
        with app.resource_scope():
            return app.session()

    sessions, errors = run_threads(request, 8)

    assert errors == []
    assert len(set(sessions)) == 8
    assert len(log.live) == 1
    app.shutdown_resources()


def test_a_thread_is_outside_of_the_scope_of_another(log):
    """What it needs belongs to the container."""

    class App(containers.DeclarativeContainer):
        session = providers.Resource(log.plain("session"))

    app = App()

    with app.resource_scope() as scope:
        inside = scope.get("session")
        (outside,), errors = run_threads(app.session, 1)
        assert errors == []
        assert outside is not inside

    assert log.live == [outside]
    app.shutdown_resources()


async def test_two_containers_have_scopes_of_their_own(log, world):
    """A scope of one is no scope of the other."""
    first, second = app_of(log, world), app_of(log, world)

    async with world.inside(first.resource_scope()):
        await settled(second.session())
    assert log.closes == []

    await settled(second.shutdown_resources())
    assert log.live == []


async def test_scopes_of_two_containers_interleave(log, world):
    """Each container sees its own scope, whichever was entered last."""
    first, second = app_of(log, world), app_of(log, world)

    async with world.inside(first.resource_scope()) as one:
        async with world.inside(second.resource_scope()) as two:
            assert await settled(first.session()) is await world.get(one, "session")
            assert await settled(second.session()) is await world.get(two, "session")
        assert log.closes == ["session", "pool"]

    assert log.live == []


async def test_shutting_down_inside_a_scope_closes_what_it_has(log, world):
    """`shutdown_resources` closes what is seen from where it is called; leaving closes nothing twice."""
    app = app_of(log, world)

    async with world.inside(app.resource_scope()):
        await settled(app.session())
        await settled(app.shutdown_resources())
        assert log.closes == ["session", "pool"]

    assert log.closes == ["session", "pool"]


async def test_a_resource_shut_down_inside_opens_anew(log, world):
    """The scope owns the new one."""
    app = app_of(log, world)

    async with world.inside(app.resource_scope()):
        first = await settled(app.session())
        await settled(app.session.shutdown())
        second = await settled(app.session())
        assert second is not first
        assert second.is_open

    assert log.live == []


async def test_the_container_is_shut_down_while_a_scope_is_open(log, world):
    """What the scope owns is closed first where it depends on what goes away; the order holds."""
    app = app_of(log, world)
    await settled(app.pool())
    handle = world.inside(app.resource_scope())
    await handle.__aenter__()
    await settled(app.session())

    await settled(app.pool.shutdown())

    assert log.closes == ["session", "pool"]
    await handle.__aexit__(None, None, None)
    assert log.live == []


@pytest.mark.worlds("asyncio", "trio")
async def test_start_opens_several_at_the_same_time(log, world):
    """`scope.start` takes providers, names and classes."""

    class App(containers.DeclarativeContainer):
        first = providers.Resource(log.late("first"))
        second = providers.Resource(log.late("second"))

    log.gates = {"open first": world.event(), "open second": world.event()}
    app = App()

    async def body():
        async with app.resource_scope() as scope:
            await scope.start("first", app.second)
            return len(log.live)

    async with world.tasks() as tasks:
        job = tasks.start(body)
        await world.settle()
        assert sorted(log.reached) == ["open first", "open second"]
        for gate in log.gates.values():
            gate.set()
        await job.wait()

    assert (job.error, job.value) == (None, 2)
    assert log.live == []


@pytest.mark.worlds("asyncio", "trio")
async def test_limited_start(log, world):
    """With `max_parallel=1` one opens after the other."""

    class App(containers.DeclarativeContainer):
        first = providers.Resource(log.late("first"))
        second = providers.Resource(log.late("second"))

    log.gates = {"open first": world.event(), "open second": world.event()}
    app = App()

    async def body():
        async with app.resource_scope(max_parallel=1) as scope:
            await scope.start("first", "second")

    async with world.tasks() as tasks:
        job = tasks.start(body)
        await world.settle()
        assert len(log.reached) == 1
        for gate in log.gates.values():
            gate.set()
        await job.wait()

    assert job.error is None
    assert len(log.closes) == 2
