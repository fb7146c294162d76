"""What containers are in the midst of when they are linked: observers, overrides, openings under way."""

import pytest

from tenure import Container, containers, events, providers
from tests.providers.support import Thing, settled


def pair(log, world):
    """Return two containers, each with a resource that is open."""
    made = []
    for name in ("first", "second"):
        container = containers.DynamicContainer()
        container.own = providers.Resource(log.of(world, name))
        made.append(container)
    return made


def link(one, other):
    """Have *one* need what *other* has."""
    one.both = providers.Factory(Thing, one.own, other.own)
    assert one.__tenure_engine__ is other.__tenure_engine__


@pytest.mark.parametrize("watched", [0, 1])
@pytest.mark.parametrize("reverse", [False, True])
async def test_observers_of_both_go_on(log, world, watched, reverse):
    """Whoever watched either one is shown what happens from then on, once."""
    made = pair(log, world)
    for each in made:
        await settled(each.own())
    seen = []
    made[watched].observe(seen.append)

    link(*(made[::-1] if reverse else made))
    for each in made:
        await settled(each.shutdown_resources())

    assert [type(event) for event in seen].count(events.Closed) == 2


async def test_observers_go_on_inside_a_type_driven_container(log, world):
    """An include changes nothing for those who watch."""
    outer, (app, _) = Container(), pair(log, world)
    await settled(app.own())
    seen = []
    app.observe(seen.append)

    outer.include(app)
    await world.close(outer)

    assert [type(event) for event in seen].count(events.Closed) == 1


@pytest.mark.parametrize("overridden", [0, 1])
@pytest.mark.parametrize("reverse", [False, True])
async def test_originals_are_back_after_a_link(log, world, overridden, reverse):
    """An override that stood when the containers were linked is undone as ever."""
    made = pair(log, world)
    originals = [await settled(each.own()) for each in made]
    made[overridden].own.override(providers.Resource(log.of(world, "mine")))
    await settled(made[overridden].own())

    link(*(made[::-1] if reverse else made))
    made[overridden].own.reset_override()

    assert [await settled(each.own()) for each in made] == originals
    for each in made:
        await settled(each.shutdown_resources())
    assert log.live == []


async def test_originals_are_back_after_an_include(log, world):
    """The same where a type-driven container takes it in."""
    outer, (app, _) = Container(), pair(log, world)
    original = await settled(app.own())
    app.own.override(providers.Resource(log.of(world, "mine")))
    await settled(app.own())

    outer.include(app)
    app.own.reset_override()

    assert await settled(app.own()) is original
    await world.close(outer)
    assert log.live == []


@pytest.mark.worlds("asyncio", "trio")
@pytest.mark.parametrize("when", ["before it is awaited", "while it opens"])
@pytest.mark.parametrize("links", [[(0, 1)], [(1, 0)], [(0, 1), (1, 2)], [(1, 0), (2, 1)], [(1, 2), (0, 1)]])
async def test_what_is_under_way_arrives(log, world, when, links):
    """However often its container is linked meanwhile: it is opened once, seen by all, and closed."""
    made = [*pair(log, world), containers.DynamicContainer()]
    made[2].own = providers.Resource(log.late("third"))
    for each in made[1:]:
        await each.own()
    pending = made[0].own()
    log.gates["open first"] = world.event()

    async with world.tasks() as tasks:
        if when == "while it opens":
            job = tasks.start(settled, pending)
            await world.settle()
        for one, other in links:
            made[one].both = providers.Factory(Thing, made[one].own, made[other].own)
            assert made[one].__tenure_engine__ is made[other].__tenure_engine__
        if when != "while it opens":
            job = tasks.start(settled, pending)
            await world.settle()
        log.gates["open first"].set()
        await job.wait()

    assert job.error is None
    assert await made[0].own() is job.value
    for each in made:
        await each.shutdown_resources()
    assert log.live == []
    assert log.opens.count("first") == 1
