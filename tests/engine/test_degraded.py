"""Optional resources: a start goes on without them, what needs them gets a stand-in, None or a clear error."""

import pytest

from tenure import Container, resource
from tenure.errors import ContainerClosedError, ResourceUnavailableError
from tenure.events import Degraded
from tests.engine.support import Fault

ASYNC = pytest.mark.worlds("asyncio", "trio")


class Cache:
    def __init__(self, name="real"):
        self.name = name


class Shop:
    def __init__(self, cache):
        self.cache = cache


def failing(world, fails, log, **options):
    """Return a resource that fails to open as long as *fails* has an error in it."""
    if world.is_async:

        @resource(scope="singleton", **options)
        async def cache():
            await world.checkpoint()
            if fails:
                raise fails[0]
            yield Cache()
            log.append("close")

    else:

        @resource(scope="singleton", **options)
        def cache():
            if fails:
                raise fails[0]
            yield Cache()
            log.append("close")

    return cache


def needing(container, hint):
    def shop(cache):
        return Shop(cache)

    def shop_or(cache=None):
        return Shop(cache)

    function = shop_or if hint == "default" else shop
    function.__annotations__["cache"] = Cache if hint == "default" else hint
    container.bind(Shop, resource(scope="singleton")(function))


@pytest.mark.parametrize("fallback", [Cache("other"), lambda: Cache("other")])
async def test_the_stand_in_is_given(world, fallback):
    """What needs it is made with what stands in for it; a start goes on; nothing closes the stand-in."""
    error, log, told, container = Fault("down"), [], [], Container()
    container.bind(Cache, failing(world, [error], log, fallback=fallback))
    needing(container, Cache)
    container.observe(lambda event: told.append(event) if isinstance(event, Degraded) else None)

    async with world.inside(container):
        shop = await world.get(container, Shop)
        assert shop.cache.name == "other"
        assert (await world.get(container, Cache)).name == "other"
        assert container.get_all_resources() == {Shop: shop}

    assert log == []
    assert {(event.key, event.error, event.has_fallback) for event in told} == {(Cache, error, True)}


@pytest.mark.parametrize("hint", [Cache | None, "default"])
async def test_what_can_do_without(world, hint):
    """`T | None` and a default: None, and the start goes on."""
    container = Container()
    container.bind(Cache, failing(world, [Fault("down")], [], optional=True))
    needing(container, hint)

    async with world.inside(container):
        assert (await world.get(container, Shop)).cache is None
        assert await world.get(container, Cache | None) is None


async def test_what_cannot_do_without(world):
    """A clear error, which names it and tells why, and the start fails."""
    error, container = Fault("down"), Container()
    container.bind(Cache, failing(world, [error], [], optional=True))
    needing(container, Cache)

    with pytest.raises(ResourceUnavailableError, match=r"Cache.*down.*fallback=") as caught:
        async with world.inside(container):
            pytest.fail("it must not start")

    assert caught.value.key is Cache
    assert caught.value.__cause__ is error


async def test_without_dependents_the_start_goes_on(world):
    """Nobody needs it: the start goes on, and only who asks for it learns of it."""
    error, container = Fault("down"), Container()
    container.bind(Cache, failing(world, [error], [], optional=True))

    async with world.inside(container):
        with pytest.raises(ResourceUnavailableError) as caught:
            await world.get(container, Cache)

    assert caught.value.__cause__ is error


async def test_the_next_request_tries_again(world):
    """L7: a failure is not remembered; what was made with the stand-in is made anew by a reset."""
    fails, log, container = [Fault("down")], [], Container()
    container.bind(Cache, failing(world, fails, log, fallback=lambda: Cache("other")))
    needing(container, Cache)

    async with world.inside(container):
        first = await world.get(container, Shop)
        fails.clear()
        assert (await world.get(container, Cache)).name == "real"
        assert await world.get(container, Shop) is first
        if world.is_async:
            await container.areset(Cache)
        else:
            container.reset(Cache)
        assert (await world.get(container, Shop)).cache.name == "real"

    assert log == ["close", "close"]


async def test_one_that_opens(world):
    """Optional or not: where it opens there is no difference."""
    log, container = [], Container()
    container.bind(Cache, failing(world, [], log, fallback=None))
    needing(container, Cache | None)

    async with world.inside(container):
        assert (await world.get(container, Shop)).cache is await world.get(container, Cache)

    assert log == ["close"]


async def test_another_failure_still_fails_the_start(world):
    """What is not optional fails the start, and what an optional one needs does not excuse it."""
    container = Container()

    class Below: ...

    @resource(scope="singleton")
    def below():
        raise Fault("below")
        yield Below()

    @resource(scope="singleton", fallback="other")
    def above(below: Below):
        yield "real"

    container.bind(Below, below)
    container.bind("above", above)

    with pytest.raises(Fault, match="below"):
        async with world.inside(container):
            pytest.fail("it must not start")
    assert await world.get(container, "above") == "other"
    await world.close(container)
    with pytest.raises(ContainerClosedError):
        await world.get(container, "above")


async def test_fatal_errors_are_not_excused(world):
    """KeyboardInterrupt and the like go on."""
    container = Container()
    container.bind(Cache, failing(world, [KeyboardInterrupt()], [], fallback=None))

    with pytest.raises(KeyboardInterrupt):
        await world.get(container, Cache)
    await world.close(container)


@pytest.mark.parametrize("fallback", [None, "other"])
async def test_objects_with_methods(world, fallback):
    """A class with initialize and dispose falls back likewise."""

    @resource(scope="singleton", fallback=fallback)
    class Client:
        def initialize(self):
            raise Fault("down")

        def dispose(self): ...

    container = Container()
    container.bind(Client)

    async with world.inside(container):
        assert await world.get(container, Client) is fallback


@ASYNC
async def test_asynchronous_objects(world):
    """So does an asynchronous one; who has the object learns of it by the first call."""

    @resource(scope="singleton", fallback="other")
    class Client:
        async def initialize(self):
            raise Fault("down")

        async def work(self): ...

    container = Container()
    container.bind(Client)

    async with container:
        assert await container.aget(Client) == "other"
        with pytest.raises(ResourceUnavailableError):
            await container.get(Client).work()
