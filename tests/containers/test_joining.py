"""Containers that are linked after both are in use: one order of closing from then on, nothing lost."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenure import containers, providers
from tests.providers.support import Fault, Log, Thing, run_threads, settled


def core_of(log, world):
    class Core(containers.DeclarativeContainer):
        pool = providers.Resource(log.of(world, "pool"))
        cache = providers.Resource(log.of(world, "cache"))

    return Core()


def services(log, world):
    class Services(containers.DeclarativeContainer):
        core = providers.DependenciesContainer()
        own = providers.Resource(log.of(world, "own"))
        session = providers.Resource(log.of(world, "session"), core.pool, own)
        service = providers.Singleton(Thing, session)

    return Services


async def test_given_at_construction(log, world):
    """`Services(core=core)` uses what the core has open."""
    core = core_of(log, world)
    pool = await settled(core.pool())

    app = services(log, world)(core=core)
    session = await settled(app.session())

    assert session.needs[0] is pool
    await settled(app.shutdown_resources())
    await settled(core.shutdown_resources())
    assert log.live == []


@pytest.mark.parametrize("side", ["core", "services"])
async def test_linked_after_both_are_in_use(log, world, side):
    """Shut down through either side, each closes its own, and what depends on it, in order."""
    core, app = core_of(log, world), services(log, world)()
    await settled(core.pool())
    await settled(app.own())
    app.core.override(core)
    await settled(app.service())

    await settled((core if side == "core" else app).shutdown_resources())

    assert log.closes[0] == "session"
    assert "pool" in log.closes
    await settled(app.shutdown_resources())
    await settled(core.shutdown_resources())
    assert sorted(log.closes) == ["own", "pool", "session"]


async def test_what_depends_on_the_core_is_closed_before_it(log, world):
    """Shutting down one resource of the core closes its dependents in the other container first."""
    core, app = core_of(log, world), services(log, world)()
    await settled(core.pool())
    app.core.override(core)
    await settled(app.session())

    await settled(core.pool.shutdown())

    assert log.closes == ["session", "pool"]
    await settled(app.shutdown_resources())
    assert log.live == []


async def test_a_service_is_made_anew_after_the_core_was_shut_down(log, world):
    """Nothing is handed out that was made of what is closed."""
    core, app = core_of(log, world), services(log, world)()
    app.core.override(core)
    before = await settled(app.service())

    await settled(core.shutdown_resources())
    after = await settled(app.service())

    assert after is not before
    assert after.needs[0].needs[0].is_open
    await settled(app.shutdown_resources())
    await settled(core.shutdown_resources())
    assert log.live == []


async def test_instances_survive_the_link(log, world):
    """What either side made before is the same afterwards."""
    core, app = core_of(log, world), services(log, world)()
    pool, own = await settled(core.pool()), await settled(app.own())

    app.core.override(core)

    assert await settled(core.pool()) is pool
    assert await settled(app.own()) is own
    assert await settled(app.core.pool()) is pool
    await settled(app.shutdown_resources())
    await settled(core.shutdown_resources())


async def test_unlinked_again(log, world):
    """What was made through the link is closed where it does not wait, the core goes on."""
    core, app = core_of(log, world), services(log, world)()
    pool = await settled(core.pool())
    app.core.override(core)
    await settled(app.session())

    app.core.reset_override()

    assert pool.is_open
    assert await settled(core.pool()) is pool
    await settled(app.shutdown_resources())
    await settled(core.shutdown_resources())
    assert log.live == []


async def test_an_existing_instance_inside_another(log, world):
    """`providers.Container(cls, instance)` takes what the instance has open along."""
    core = core_of(log, world)
    pool = await settled(core.pool())

    app = containers.DynamicContainer()
    app.core = providers.Container(type(core), core)
    app.session = providers.Resource(log.of(world, "session"), core.pool)
    session = await settled(app.session())

    assert session.needs == (pool,)
    await settled(app.shutdown_resources())
    assert log.closes == ["session", "pool"]


async def test_a_container_put_into_another_that_is_in_use(log, world):
    """What is open on both sides is closed by the outer one."""
    core, app = core_of(log, world), containers.DynamicContainer()
    await settled(core.pool())
    app.own = providers.Resource(log.of(world, "own"))
    await settled(app.own())

    app.core = providers.Container(type(core), core)
    await settled(app.shutdown_resources())

    assert sorted(log.closes) == ["own", "pool"]


async def test_a_link_inside_an_open_scope(log, world):
    """What the scopes of both sides have stays theirs."""
    core, app = core_of(log, world), services(log, world)()
    async with world.inside(core.resource_scope()) as scope:
        pool = await world.get(scope, "pool")
        own = await settled(app.own())
        app.core.override(core)
        assert await settled(core.pool()) is pool
        assert log.closes == []

    assert not pool.is_open
    assert own.is_open
    await settled(app.shutdown_resources())
    assert log.live == []


async def test_a_link_inside_scopes_of_both(log, world):
    """Both are left in order, each closes what it owns."""
    core, app = core_of(log, world), services(log, world)()
    async with world.inside(core.resource_scope()) as outer:
        await world.get(outer, "pool")
        async with world.inside(app.resource_scope()) as inner:
            await world.get(inner, "own")
            app.core.override(core)
            await settled(app.session())
            assert len(log.live) >= 3
        assert [each.name for each in log.live if each.name == "own"] == []

    await settled(app.shutdown_resources())
    await settled(core.shutdown_resources())
    assert log.live == []


async def test_the_outcome_after_a_link(log, world):
    """The error of the body is shown on both sides."""
    core = core_of(log, world)
    app = services(log, world)(core=core)
    fault = Fault()

    with pytest.raises(Fault):
        async with world.inside(core):
            async with world.inside(app):
                raise fault

    assert set(log.told) == {"pool", "cache", "own", "session"}
    assert log.live == []


async def test_two_containers_share_one_core(log, world):
    """Both use its pool; the pool is closed after the sessions of both."""
    core = core_of(log, world)
    first, second = services(log, world)(core=core), services(log, world)(core=core)
    one, two = await settled(first.session()), await settled(second.session())

    assert one.needs[0] is two.needs[0]
    await settled(core.shutdown_resources())
    assert log.closes == ["session", "session", "pool"]
    await settled(first.shutdown_resources())
    await settled(second.shutdown_resources())
    assert log.live == []


async def test_each_of_two_linked_ones_closes_its_own(log, world):
    """What the other one has besides stays open: it is not reached from the first."""
    core = core_of(log, world)
    first, second = services(log, world)(core=core), services(log, world)(core=core)
    await settled(first.session())
    two = await settled(second.session())

    await settled(first.shutdown_resources())

    assert [value.is_open for value in two.needs] == [False, True]
    await settled(second.shutdown_resources())
    assert log.live == []


async def test_links_in_a_chain(log, world):
    """Three containers, linked from the inside out while all are in use: one order."""

    class First(containers.DeclarativeContainer):
        one = providers.Resource(log.of(world, "one"))

    class Second(containers.DeclarativeContainer):
        first = providers.DependenciesContainer()
        two = providers.Resource(log.of(world, "two"), first.one)
        mark = providers.Resource(log.of(world, "mark two"))

    class Third(containers.DeclarativeContainer):
        second = providers.DependenciesContainer()
        three = providers.Resource(log.of(world, "three"), second.two)
        mark = providers.Resource(log.of(world, "mark three"))

    first, second, third = First(), Second(), Third()
    for provider in (first.one, second.mark, third.mark):
        await settled(provider())
    third.second.override(second)
    second.first.override(first)
    await settled(third.three())

    await settled(first.shutdown_resources())

    assert log.closes == ["three", "two", "one"]
    await settled(third.shutdown_resources())
    await settled(second.shutdown_resources())
    assert log.live == []


# loose providers, and classes


async def test_a_provider_of_a_module_in_two_containers(log, world):
    """Each container has a copy of its own; the loose one is another still."""
    pool = providers.Resource(log.of(world, "pool"))

    class First(containers.DeclarativeContainer):
        session = providers.Resource(log.of(world, "first"), pool)

    class Second(containers.DeclarativeContainer):
        session = providers.Resource(log.of(world, "second"), pool)

    loose = await settled(pool())
    first, second = First(), Second()
    one, two = await settled(first.session()), await settled(second.session())

    assert len({loose, one.needs[0], two.needs[0]}) == 3
    await settled(first.shutdown_resources())
    assert loose.is_open
    assert two.is_open
    await settled(second.shutdown_resources())
    await settled(pool.shutdown())
    assert log.live == []


async def test_a_loose_provider_set_on_two_dynamic_containers(log, world):
    """It is one provider: both share what it opens."""
    pool = providers.Resource(log.of(world, "pool"))
    first, second = containers.DynamicContainer(), containers.DynamicContainer()
    value = await settled(pool())
    first.session = providers.Resource(log.of(world, "first"), pool)
    second.session = providers.Resource(log.of(world, "second"), pool)
    one, two = await settled(first.session()), await settled(second.session())

    assert one.needs == two.needs == (value,)
    await settled(pool.shutdown())
    assert sorted(log.closes[:2]) == ["first", "second"]
    assert log.closes[2] == "pool"
    await settled(first.shutdown_resources())
    await settled(second.shutdown_resources())
    assert log.live == []


async def test_a_class_is_used_before_its_instances_exist(log, world):
    """What the class opened is its own; every instance opens its own."""

    class App(containers.DeclarativeContainer):
        pool = providers.Resource(log.of(world, "pool"))
        service = providers.Singleton(Thing, pool)

    of_class = await settled(App.service())
    app = App()
    of_app = await settled(app.service())

    assert of_class is not of_app
    assert await settled(App.service()) is of_class
    await settled(app.shutdown_resources())
    assert of_class.needs[0].is_open
    await settled(App.pool.shutdown())
    assert log.live == []


async def test_a_class_is_used_after_its_instances_exist(log, world):
    """The instances are not touched by it."""

    class App(containers.DeclarativeContainer):
        pool = providers.Resource(log.of(world, "pool"))

    app = App()
    of_app = await settled(app.pool())
    of_class = await settled(App.pool())

    assert of_class is not of_app
    await settled(App.pool.shutdown())
    assert of_app.is_open
    await settled(app.shutdown_resources())


async def test_an_instance_gets_the_values_of_its_class_when_given_its_providers(log, world):
    """`App(pool=App.pool)`: the instance uses what the class has open."""

    class App(containers.DeclarativeContainer):
        pool = providers.Resource(log.of(world, "pool"))
        session = providers.Resource(log.of(world, "session"), pool)

    of_class = await settled(App.pool())
    app = App(pool=App.pool)

    assert (await settled(app.session())).needs == (of_class,)
    await settled(App.pool.shutdown())
    assert log.closes == ["session", "pool"]
    await settled(app.shutdown_resources())


# at the same time


@pytest.mark.parametrize("seed", range(5))
def test_threads_that_link_at_the_same_time(log, seed):
    """Whoever links first: one pool, which is closed after what all of them made of it."""

    class Core(containers.DeclarativeContainer):
        pool = providers.Resource(log.plain("pool"))

    class Services(containers.DeclarativeContainer):
        core = providers.DependenciesContainer()
        own = providers.Resource(log.plain("own"))
        session = providers.Resource(log.plain("session"), core.pool, own)

    core = Core()

    def work():
        app = Services()
        app.own()
        app.core.override(core)
        return app, app.session()

    results, errors = run_threads(work, 6)

    assert errors == []
    assert log.opens.count("pool") == 1
    assert len({session for _, session in results}) == 6
    core.shutdown_resources()
    assert log.closes == ["session"] * 6 + ["pool"]
    for app, _ in results:
        app.shutdown_resources()
    assert log.live == []


@pytest.mark.parametrize("seed", range(5))
def test_threads_that_link_both_ways(log, seed):
    """Two threads link the same two containers from opposite sides: no deadlock, one engine."""
    left, right = containers.DynamicContainer(), containers.DynamicContainer()
    for container, name in ((left, "left"), (right, "right")):
        container.own = providers.Resource(log.plain(name))
        container.own()
    turns = itertools.count()

    def link():
        one, other = (left, right) if next(turns) % 2 else (right, left)
        one.both = providers.Factory(Thing, one.own, other.own)
        return one.both()

    results, errors = run_threads(link, 2)

    assert errors == []
    assert {frozenset(made.needs) for made in results} == {frozenset(log.live)}
    left.shutdown_resources()
    right.shutdown_resources()
    assert len(log.closes) == 2


def test_threads_that_link_while_others_open(log):
    """A pool that is being opened while its container is linked is opened once."""

    class Core(containers.DeclarativeContainer):
        pool = providers.Resource(log.plain("pool"))

    core = Core()
    turns = itertools.count()

    def work():
        if next(turns) % 2:
            return core.pool()
        app = containers.DynamicContainer()
        app.made = providers.Factory(Thing, core.pool)
        return app.made().needs[0]

    results, errors = run_threads(work, 8)

    assert errors == []
    assert len(set(results)) == 1
    core.shutdown_resources()
    assert log == ["open pool", "close pool"]


@given(st.data())
def test_containers_joined_in_any_order(data):
    """Whatever is opened, linked, opened again and shut down: all is closed once, dependents first."""
    log = Log()
    n = data.draw(st.integers(2, 4), label="containers")
    made = [containers.DynamicContainer() for _ in range(n)]
    for number, container in enumerate(made):
        container.own = providers.Resource(log.plain(f"own {number}"))
    steps = st.tuples(st.sampled_from(["open", "link", "shut", "scope"]), st.integers(0, n - 1), st.integers(0, n - 1))
    names = itertools.count()

    for what, one, other in data.draw(st.lists(steps, max_size=12), label="steps"):
        container = made[one]
        if what == "open":
            for provider in list(container.traverse([providers.Resource])):
                provider()
        elif what == "link":
            session = providers.Resource(log.plain(f"session {one}-{other}"), made[other].own)
            setattr(container, f"session{next(names)}", session)
            session()
        elif what == "shut":
            container.own.shutdown()
        else:
            with container.resource_scope() as scope:
                for provider in list(container.traverse([providers.Resource])):
                    scope.get(provider)
        assert all(need.is_open for value in log.live for need in value.needs)

    for container in made:
        container.shutdown_resources()
    assert log.live == []
    assert sorted(log.opens) == sorted(log.closes)
