"""Containers that share a part: each shuts down what it reaches, no more."""

import pytest

from tenure import containers, providers
from tests.providers.support import Thing, run_threads, settled


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
