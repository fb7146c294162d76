"""Reset: dependents close first, and the next request makes exactly those anew (L58)."""

import pytest

from tenure import Container, resource
from tenure.errors import AsyncInSyncError, CloseError, ContainerClosedError, MissingBindingError
from tests.engine.support import ASYNC_KINDS, SYNC_KINDS, Fault

ASYNC = pytest.mark.worlds("asyncio", "trio")
ALL = SYNC_KINDS + ASYNC_KINDS


async def reset(world, container, *keys):
    if world.is_async:
        await container.areset(*keys)
    else:
        container.reset(*keys)


@pytest.mark.parametrize("kind", ALL)
async def test_dependents_close_first_and_are_made_anew(world, story, kind):
    """L58: what depends on it is closed before it; everything else stays as it is."""
    if kind not in world.kinds:
        pytest.skip("needs a loop")
    container = Container()
    below = story.add(container, "below", kind=kind, scope="singleton")
    a = story.add(container, "A", below, kind=kind, scope="singleton")
    b = story.add(container, "B", a, kind=kind, scope="singleton")
    other = story.add(container, "other", below, kind=kind, scope="singleton")

    async with world.inside(container):
        before = {key: await world.get(container, key) for key in (below, a, b, other)}
        await reset(world, container, a)
        closed = list(story.closes)
        after = {key: await world.get(container, key) for key in (below, a, b, other)}

    assert closed == ["B", "A"]
    assert after[below] is before[below]
    assert after[other] is before[other]
    assert after[b].needs == [after[a]]
    assert sorted(story.opens) == sorted(story.closes) == ["A", "A", "B", "B", "below", "other"]


async def test_plain_values_are_made_anew(world):
    """L58: no plain value keeps what is closed, whether it says that it needs it or asked for it while it ran."""

    class A: ...

    class Plain:
        def __init__(self, a: A):
            self.a = a

    class Asking:
        def __init__(self, value):
            self.value = value

    container = Container()
    container.bind(A, scope="singleton")
    container.bind(Plain, scope="singleton")
    container.bind(Asking, lambda: Asking(container.get(A)), scope="singleton")
    before = [await world.get(container, key) for key in (A, Plain, Asking)]

    await reset(world, container, A)

    after = [await world.get(container, key) for key in (A, Plain, Asking)]
    assert all(old is not new for old, new in zip(before, after, strict=True))
    assert after[1].a is after[2].value is after[0]


async def test_resources_that_asked_at_run_time(world):
    """L58, L20: what a resource asked for while it opened counts, also through a plain value that asked for it."""
    log, container = [], Container()

    def opened(name, wanted=None):
        def open_():
            if wanted is not None:
                container.get(wanted)
            log.append(f"open {name}")
            yield name
            log.append(f"close {name}")

        return resource(scope="singleton")(open_)

    container.bind("low", opened("low"))
    container.bind("plain", lambda: container.get("low"), scope="singleton")
    container.bind("high", opened("high", "plain"))
    container.get("low")
    container.get("plain")
    container.get("high")

    await reset(world, container, "low")

    assert log == ["open low", "open high", "close high", "close low"]
    assert await world.get(container, "high") == "high"
    await world.close(container)
    assert log[4:] == ["open low", "open high", "close high", "close low"]


async def test_scopes_that_are_open(world, story):
    """L58: dependents in open scopes are closed as well, and the scope makes them anew."""
    container = Container()
    a = story.add(container, "A", scope="singleton")
    b = story.add(container, "B", a, scope="request")
    t = story.add(container, "T", a, scope="transient")

    async with world.inside(container), world.inside(container.resource_scope()):
        first = await world.get(container, b)
        await world.get(container, t)
        await reset(world, container, a)
        assert story.closes == ["T", "B", "A"]
        assert await world.get(container, b) is not first

    assert sorted(story.opens) == sorted(story.closes)


async def test_an_object_that_the_user_made(world):
    """L58: a bound object is closed, and opened again when it is used."""

    @resource
    class Client:
        n_opened = n_closed = 0

        def initialize(self):
            self.n_opened += 1

        def dispose(self):
            self.n_closed += 1

    container, client = Container(), Client()
    container.bind(Client, client)

    async with world.inside(container):
        assert await world.get(container, Client) is client
        await reset(world, container, Client)
        assert (client.n_opened, client.n_closed) == (1, 1)
        assert await world.get(container, Client) is client

    assert (client.n_opened, client.n_closed) == (2, 2)


async def test_an_error_of_closing(world, story):
    """L24, L23: the rest is closed, the errors are told, and the next request makes it anew."""
    container = Container()
    a = story.add(container, "A", scope="singleton")
    b = story.add(container, "B", a, scope="singleton")
    story.faults["close B"] = Fault("b")

    async with world.inside(container):
        await world.get(container, b)
        with pytest.raises(CloseError) as caught:
            await reset(world, container, a)
        del story.faults["close B"]
        assert (await world.get(container, b)).needs == [await world.get(container, a)]

    assert [str(error) for error in caught.value.exceptions] == ["b"]
    assert sorted(story.opens) == sorted(story.closes)


async def test_what_cannot_be_reset(world):
    """A key that is not bound, a container that is closed."""
    container = Container()
    with pytest.raises(MissingBindingError):
        await reset(world, container, "nothing")
    await world.close(container)
    with pytest.raises(ContainerClosedError):
        await reset(world, container, "nothing")


@ASYNC
async def test_without_a_loop_nothing_is_closed(world, story):
    """L51: a plain reset of what has to be awaited is refused before anything is closed."""
    container = Container()
    a = story.add(container, "A", kind="async generator", scope="singleton")
    story.add(container, "B", a, scope="singleton")

    async with container:
        with pytest.raises(AsyncInSyncError, match="areset"):
            container.reset(a)
        assert story.closes == []


@ASYNC
async def test_whoever_asks_meanwhile_waits(world, story):
    """L37: nobody gets what is being closed; who asks for it gets what is made after the reset."""
    container = Container()
    gate = world.event()
    opened = []

    @resource(scope="singleton")
    async def slow():
        opened.append(object())
        yield opened[-1]
        await gate.wait()

    container.bind("slow", slow)
    async with container, world.tasks() as tasks:
        first = await container.aget("slow")
        resetting = tasks.start(container.areset, "slow")
        await world.settle()
        asking = tasks.start(container.aget, "slow")
        await world.settle()
        assert not asking.is_done
        gate.set()
        await resetting.wait()
        await asking.wait()

    assert asking.value is opened[1]
    assert first is opened[0]


@pytest.mark.parametrize("n", [1, 100])
async def test_again_and_again(world, story, n):
    """L59: nothing piles up."""
    container = Container()
    a = story.add(container, "A", scope="singleton")
    b = story.add(container, "B", a, scope="singleton")

    async with world.inside(container):
        for _ in range(n):
            await world.get(container, b)
            await reset(world, container, a)
        assert len(container.engine.root.exits) == 0

    assert len(story.opens) == len(story.closes) == 2 * n
