"""Overrides: the original is set aside, dependents are rebuilt, and the very same originals return (L57)."""

import pytest

from tenure import Container, resource
from tenure.errors import AsyncInSyncError, BindingInUseError, CloseError
from tests.engine.support import ASYNC_KINDS, SYNC_KINDS, Fault

ASYNC = pytest.mark.worlds("asyncio", "trio")
ALL = SYNC_KINDS + ASYNC_KINDS


@pytest.mark.parametrize("kind", ALL)
async def test_before_the_first_get_the_original_is_never_made(world, story, kind):
    """L57: overridden before it was needed, the original is never opened."""
    if kind not in world.kinds:
        pytest.skip("needs a loop")
    container = Container()
    a = story.add(container, "A", kind=kind, scope="singleton")
    b = story.add(container, "B", a, kind=kind, scope="singleton")
    story.needs["B"] = []
    fake = object()

    async with world.inside(container.override(a, value=fake)):
        async with world.inside(container):
            assert await world.get(container, a) is fake
            assert (await world.get(container, b)).needs == [fake]

    assert story.log == ["open B", "close B"]


@pytest.mark.parametrize("kind", ALL)
async def test_dependents_are_rebuilt_and_restored(world, story, kind):
    """L57: what depends on the overridden key is rebuilt, closed on leaving, and the same originals are back."""
    if kind not in world.kinds:
        pytest.skip("needs a loop")
    container = Container()
    a = story.add(container, "A", kind=kind, scope="singleton")
    b = story.add(container, "B", a, kind=kind, scope="singleton")
    c = story.add(container, "C", kind=kind, scope="singleton")
    story.needs["B"] = []

    async with world.inside(container):
        originals = [await world.get(container, key) for key in (a, b, c)]
        async with world.inside(container.override(a, value="fake")):
            during = [await world.get(container, key) for key in (a, b, c)]
            while_open = list(story.closes)
        after = [await world.get(container, key) for key in (a, b, c)]
        closed_by_override = list(story.closes)

    assert during[0] == "fake"
    assert during[1] is not originals[1]
    assert during[1].needs == ["fake"]
    assert during[2] is originals[2]
    assert while_open == []
    assert all(one is other for one, other in zip(originals, after, strict=True))
    assert closed_by_override == ["B"]
    assert sorted(story.closes) == ["A", "B", "B", "C"]


async def test_what_the_override_made_is_closed_before_the_originals_return(world, story):
    """L57: an override by a resource opens it, and closes it when it is left."""
    container = Container()
    a = story.add(container, "A", scope="singleton")
    _, target = story.target("Fake", key=a)
    await world.get(container, a)

    async with world.inside(container.override(a, resource(target), scope="singleton")):
        await world.get(container, a)
        inside = list(story.log)
    after = list(story.log)
    await world.close(container)

    assert inside == ["open A", "open Fake"]
    assert after == [*inside, "close Fake"]
    assert story.log == [*after, "close A"]


async def test_nested_overrides(world):
    """L57: overrides stack, and each leaving brings back what was there before."""
    container = Container()
    container.bind("name", value="original")
    container.bind("user", lambda name: f"user of {name}", scope="singleton", arguments={"name": "nobody"})

    class User:
        def __init__(self, name):
            self.name = name

    container.bind(str, value="original")

    def make(name: str) -> User:
        return User(name)

    container.bind(User, make, scope="singleton")
    first = await world.get(container, User)
    seen = []
    async with world.inside(container.override(str, value="one")):
        seen.append((await world.get(container, User)).name)
        async with world.inside(container.override(str, value="two")):
            seen.append((await world.get(container, User)).name)
        seen.append((await world.get(container, User)).name)

    assert seen == ["one", "two", "one"]
    assert await world.get(container, User) is first


async def test_an_override_in_a_scope(world, story):
    """L57: what open scopes hold of the overridden key is set aside as well, and returns."""
    container = Container()
    a = story.add(container, "A", scope="request")
    b = story.add(container, "B", a, scope="request")
    story.needs["B"] = []

    async with world.inside(container.resource_scope()):
        originals = [await world.get(container, key) for key in (a, b)]
        async with world.inside(container.override(a, value="fake")):
            assert (await world.get(container, b)).needs == ["fake"]
        after = [await world.get(container, key) for key in (a, b)]

    assert originals[0] is after[0]
    assert originals[1] is after[1]
    assert story.closes == ["B", "B", "A"]


async def test_a_scope_left_inside_an_override(world, story):
    """L9, L57: a scope that is left while an override stands closes what it set aside too."""
    container = Container()
    a = story.add(container, "A", scope="request")
    scope = world.inside(container.resource_scope())
    override = world.inside(container.override(a, value="fake"))

    await scope.__aenter__()
    await world.get(container, a)
    await override.__aenter__()
    await world.get(container, a)
    await scope.__aexit__(None, None, None)
    at_exit = list(story.log)
    await override.__aexit__(None, None, None)

    assert at_exit == story.log == ["open A", "close A"]


async def test_a_container_closed_inside_an_override(world, story):
    """L9, L57: a container that is closed while an override stands closes the originals and what it made meanwhile."""
    container = Container()
    a = story.add(container, "A", scope="singleton")
    b = story.add(container, "B", a, scope="singleton")
    story.needs["B"] = []
    await world.get(container, b)

    async with world.inside(container.override(a, value="fake")):
        await world.get(container, b)
        await world.close(container)
        at_close = list(story.log)

    assert at_close == story.log
    assert sorted(story.closes) == ["A", "B", "B"]
    assert story.live == []


async def test_an_error_in_the_body(world, story):
    """L25, L57: the body's error leaves as itself, resources of the override see it, and the originals are back."""
    container = Container()
    a = story.add(container, "A", scope="singleton")
    _, target = story.target("Fake", key=a)
    original = await world.get(container, a)
    error = Fault("body")

    with pytest.raises(Fault) as caught:
        async with world.inside(container.override(a, resource(target), scope="singleton")):
            await world.get(container, a)
            raise error

    assert caught.value is error
    assert story.told["Fake"] is error
    assert await world.get(container, a) is original
    await world.close(container)


async def test_a_closing_error_of_the_override(world, story):
    """L23, L57: a closing error of the override's own resource is raised, and the originals are back all the same."""
    container = Container()
    a = story.add(container, "A", scope="singleton")
    _, target = story.target("Fake", key=a)
    original = await world.get(container, a)
    story.faults["close Fake"] = Fault("fake")

    with pytest.raises(CloseError) as caught:
        async with world.inside(container.override(a, resource(target), scope="singleton")):
            await world.get(container, a)

    assert caught.value.exceptions == (story.faults["close Fake"],)
    assert await world.get(container, a) is original
    await world.close(container)


async def test_a_fatal_error_while_leaving_an_override(world, story):
    """L26, L57: KeyboardInterrupt raised while an override is left is not lost."""
    container = Container()
    a = story.add(container, "A", scope="singleton")
    _, target = story.target("Fake", key=a)
    original = await world.get(container, a)
    story.faults["close Fake"] = KeyboardInterrupt()
    caught = None

    try:
        async with world.inside(container.override(a, resource(target), scope="singleton")):
            await world.get(container, a)
    except BaseException as raised:
        caught = raised

    assert caught is story.faults["close Fake"]
    assert await world.get(container, a) is original
    await world.close(container)


@ASYNC
async def test_a_plain_override_that_holds_something_async(world, story):
    """L51, L57: a plain `with` around something asynchronous is refused on leaving, and can be left asynchronously."""
    container = Container()
    a = story.add(container, "A", scope="singleton")
    b = story.add(container, "B", a, kind="async generator", scope="singleton")
    story.needs["B"] = []
    override = container.override(a, value="fake")

    with pytest.raises(AsyncInSyncError):
        with override:
            await container.aget(b)
    still = await container.aget(a)
    await override.__aexit__(None, None, None)
    await container.aclose()

    assert still == "fake"
    assert story.log == ["open B", "close B"]


async def test_overriding_an_unbound_key(world):
    """L57: a key that is not bound can be overridden too, and is unbound again afterwards."""
    container = Container()

    async with world.inside(container.override("name", value=1)):
        assert await world.get(container, "name") == 1

    with pytest.raises(LookupError):
        await world.get(container, "name")


async def test_bindings_made_inside_an_override_stay(world):
    """L57: what is bound while an override stands stays bound afterwards."""
    container = Container()
    container.bind("name", value="original")

    async with world.inside(container.override("name", value="fake")):
        container.bind("other", value=2)
        assert await world.get(container, "other") == 2

    assert await world.get(container, "other") == 2
    assert await world.get(container, "name") == "original"


async def test_rebinding(world):
    """Section 9: a key can be bound again until something was made from it."""
    container = Container()
    container.bind("name", lambda: 1)
    container.bind("name", lambda: 2)
    assert await world.get(container, "name") == 2

    with pytest.raises(BindingInUseError, match="override"):
        container.bind("name", lambda: 3)

    assert await world.get(container, "name") == 2


async def test_a_key_looked_at_by_a_failed_get_can_be_bound(world):
    """Section 9: a get that failed because something was missing does not keep anybody from binding it."""

    class Engine:
        def __init__(self, name: str):
            self.name = name

    container = Container()
    with pytest.raises(LookupError):
        await world.get(container, Engine)
    container.bind(str, value="diesel")

    assert (await world.get(container, Engine)).name == "diesel"


async def test_overriding_with_an_instance_of_a_resource_class(world, story):
    """Section 4: an override by an instance of a resource class opens it and closes it when it is left."""
    kind = "async methods class" if world.is_async else "methods class"
    container = Container()
    a = story.add(container, "A", kind=kind, scope="singleton")
    _, target = story.target("Fake", kind=kind, key=a)
    original = await world.get(container, a)
    fake = resource(target)()

    async with world.inside(container.override(a, fake)):
        assert await world.get(container, a) is fake
    after = list(story.log)
    assert await world.get(container, a) is original
    await world.close(container)

    assert after == ["open A", "open Fake", "close Fake"]
    assert story.log == [*after, "close A"]
