"""One item per key on an event loop: asyncio, uvloop, trio."""

import anyio
import pytest
from anyio.lowlevel import checkpoint

from tenure import Container, Keyed, resource
from tenure.errors import (
    AsyncInSyncError,
    CloseError,
    ContainerClosedError,
    LeasesOutError,
    LeaseTimeoutError,
    ScopeError,
)

pytestmark = pytest.mark.anyio


class Item:
    def __init__(self, key):
        self.key = key


class Tenant(str):
    __slots__ = ()


class Shop:
    """Makes items, and knows which are open; making and closing take as long as the test says."""

    def __init__(self):
        self.log, self.open, self.most = [], set(), 0
        self.may_open, self.may_close = anyio.Event(), anyio.Event()
        self.may_open.set()
        self.may_close.set()
        self.failing = {}

    async def item(self, key: str):
        self.log.append(f"+{key}")
        await self.may_open.wait()
        if key in self.failing:
            raise self.failing.pop(key)
        item = Item(key)
        self.open.add(item)
        self.most = max(self.most, len(self.open))
        try:
            yield item
        finally:
            with anyio.CancelScope(shield=True):
                await self.may_close.wait()
            self.open.discard(item)
            self.log.append(f"-{key}")


@pytest.fixture
def shop(anyio_backend):
    return Shop()


async def settle():
    """Let everything run that can run."""
    for _ in range(20):
        await checkpoint()


async def test_one_item_per_key(shop):
    """It is made when it is first leased, shared, and closed at the end."""
    async with Keyed(shop.item) as keyed:
        async with keyed.lease("a") as first, keyed.lease("a") as second, keyed.lease("b") as other:
            assert first is second
            assert (first.key, other.key) == ("a", "b")
        async with keyed.lease("a") as again:
            assert again is first
        assert shop.log == ["+a", "+b"]

    assert shop.open == set()
    assert sorted(shop.log) == ["+a", "+b", "-a", "-b"]


async def test_single_flight(shop):
    """Everybody who asks at the same time waits for the same making."""
    shop.may_open = anyio.Event()
    got = []
    async with Keyed(shop.item) as keyed:

        async def use():
            async with keyed.lease("a") as item:
                got.append(item)

        async with anyio.create_task_group() as tasks:
            for _ in range(5):
                tasks.start_soon(use)
            await settle()
            assert keyed.stats().n_making == 1
            shop.may_open.set()

    assert shop.log == ["+a", "-a"]
    assert len(got) == 5
    assert len(set(got)) == 1


async def test_the_cancellation_of_one_harms_nobody_else(shop):
    """Not even that of the one who asked first: the making goes on."""
    shop.may_open = anyio.Event()
    got, scope = [], anyio.CancelScope()
    async with Keyed(shop.item) as keyed:

        async def cancelled():
            with scope:
                async with keyed.lease("a"):
                    raise AssertionError("it was cancelled")

        async def patient():
            async with keyed.lease("a") as item:
                got.append(item.key)

        async with anyio.create_task_group() as tasks:
            tasks.start_soon(cancelled)
            await settle()
            tasks.start_soon(patient)
            await settle()
            scope.cancel()
            await settle()
            shop.may_open.set()
        assert keyed.stats().n_used == 0

    assert got == ["a"]
    assert shop.log == ["+a", "-a"]


async def test_the_bound_holds_also_while_the_old_one_closes(shop):
    """The next one is made when the closing of the one that goes for it has ended."""
    shop.may_close = anyio.Event()
    async with Keyed(shop.item, max_size=1) as keyed:
        async with keyed.lease("a"):
            pass

        async def use():
            async with keyed.lease("b") as item:
                assert item.key == "b"

        async with anyio.create_task_group() as tasks:
            tasks.start_soon(use)
            await settle()
            assert shop.log == ["+a"]
            shop.may_close.set()

    assert shop.log == ["+a", "-a", "+b", "-b"]
    assert shop.most == 1


async def test_one_place_is_taken_once(shop):
    """Of two who wait for the end of the same closing one gets the place, the other waits for the next."""
    shop.may_close = anyio.Event()
    async with Keyed(shop.item, max_size=1) as keyed:
        async with keyed.lease("a"):
            pass

        async def use(key):
            async with keyed.lease(key) as item:
                assert item.key == key

        async with anyio.create_task_group() as tasks:
            for key in "bc":
                tasks.start_soon(use, key)
                await settle()
            shop.may_close.set()

    assert sorted(shop.log) == ["+a", "+b", "+c", "-a", "-b", "-c"]
    assert shop.most == 1


async def test_who_finds_no_room_waits_for_it(shop):
    """Until a lease is left."""
    async with Keyed(shop.item, max_size=1) as keyed, anyio.create_task_group() as tasks:

        async def use():
            async with keyed.lease("b"):
                pass

        async with keyed.lease("a"):
            tasks.start_soon(use)
            await settle()
            assert shop.log == ["+a"]

    assert shop.log == ["+a", "-a", "+b", "-b"]


async def test_who_finds_no_room_in_time(shop):
    """The error names what is used; nothing was begun, and the lease may be had later."""
    async with Keyed(shop.item, max_size=1, timeout_s=0.01) as keyed:
        async with keyed.lease("a"):
            with pytest.raises(LeaseTimeoutError, match=r"had no room for 'b' within .*all 1 are used, 'a'") as caught:
                async with keyed.lease("b"):
                    raise AssertionError("there was no room")
        async with keyed.lease("b") as item:
            assert item.key == "b"

    assert caught.value.in_use == ("a",)
    assert isinstance(caught.value, TimeoutError)


async def test_a_making_that_takes_too_long(shop):
    """It goes on, and whoever asks next gets it."""
    shop.may_open = anyio.Event()
    async with Keyed(shop.item, timeout_s=0.01) as keyed:
        with pytest.raises(LeaseTimeoutError, match="still being made"):
            await keyed.lease("a").aopen()
        shop.may_open.set()
        await settle()
        async with keyed.lease("a"):
            assert shop.log == ["+a"]


async def test_a_failure_is_shared_by_those_who_waited_and_not_kept(shop):
    """The next one tries again."""
    error = OSError("down")
    shop.failing["a"], shop.may_open = error, anyio.Event()
    caught = []
    async with Keyed(shop.item) as keyed:

        async def use():
            try:
                async with keyed.lease("a"):
                    raise AssertionError("it could not be made")
            except OSError as failure:
                caught.append(failure)

        async with anyio.create_task_group() as tasks:
            tasks.start_soon(use)
            tasks.start_soon(use)
            await settle()
            shop.may_open.set()
        assert caught == [error, error]
        async with keyed.lease("a") as item:
            assert item.key == "a"
        assert keyed.stats().n_failed == 1


async def test_dropping(shop):
    """Who uses the old one keeps it, who asks gets a new one."""
    async with Keyed(shop.item) as keyed:
        async with keyed.lease("a") as old:
            keyed.drop("a")
            async with keyed.lease("a") as new:
                assert new is not old
                assert old in shop.open
        await settle()
        assert shop.log == ["+a", "+a", "-a"]
        assert "a" in keyed
        keyed.clear()
        await settle()
        assert len(keyed) == 0
        assert shop.open == set()


async def test_what_nobody_uses_is_closed_after_a_while(shop):
    """By the clock that is given."""
    now = [0.0]
    keyed = Keyed(shop.item, max_idle_s=10, clock=lambda: now[0], background=False)
    async with keyed:
        for key in "ab":
            async with keyed.lease(key):
                pass
            now[0] += 5
        seconds = keyed.look_after()
        await settle()
        assert seconds == 5.0
        assert keyed.keys() == ["b"]
        assert keyed.stats().n_evicted == 1


async def test_the_keeper_closes_what_is_idle(shop):
    """In the background, without a word from anybody."""
    async with Keyed(shop.item, max_idle_s=0.01) as keyed:
        async with keyed.lease("a"):
            pass
        with anyio.fail_after(10):
            while shop.open:
                await anyio.sleep(0.001)
        assert keyed.keys() == []


async def test_a_close_waits_for_what_is_used(shop):
    """And takes no new lease meanwhile."""
    keyed, log = Keyed(shop.item), []
    await keyed.__aenter__()

    async def use():
        async with keyed.lease("a") as item:
            started.set()
            await leave.wait()
            assert item in shop.open
            log.append("left")

    started, leave = anyio.Event(), anyio.Event()
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(use)
        await started.wait()

        async def close():
            await keyed.aclose()
            log.append("closed")

        tasks.start_soon(close)
        await settle()
        with pytest.raises(ContainerClosedError):
            await keyed.lease("b").aopen()
        leave.set()

    assert log == ["left", "closed"]
    assert shop.log == ["+a", "-a"]


async def test_a_close_that_nobody_lets_come_to_its_end(shop):
    """At the limit what is used is closed nevertheless, and the error says what that was."""
    keyed = Keyed(shop.item, close_timeout_s=0.01)
    await keyed.__aenter__()
    lease = keyed.lease("a")
    await lease.aopen()
    with pytest.raises(CloseError) as caught:
        await keyed.aclose()
    lease.release()

    assert shop.open == set()
    [error] = caught.value.exceptions
    assert isinstance(error, LeasesOutError)
    assert error.in_use == ("a",)


async def test_a_close_gives_up_what_is_being_made(shop):
    """Nobody wants it any more; whoever waits gets to know."""
    shop.may_open = anyio.Event()
    keyed = Keyed(shop.item)
    await keyed.__aenter__()
    refused = []

    async def use():
        try:
            await keyed.lease("a").aopen()
        except ContainerClosedError as error:
            refused.append(error)

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(use)
        await settle()
        await keyed.aclose()

    assert len(refused) == 1
    assert shop.open == set()


async def test_errors_of_closing(shop):
    """All are told where everything is closed."""

    async def failing(key: str):
        yield Item(key)
        raise OSError(f"{key} did not close")

    keyed = Keyed(failing)
    await keyed.__aenter__()
    for key in "ab":
        async with keyed.lease(key):
            pass
    with pytest.raises(CloseError) as caught:
        await keyed.aclose()

    assert sorted(map(str, caught.value.exceptions)) == ["a did not close", "b did not close"]


async def test_a_task_group_across_the_yield():
    """Each item is opened and closed in one task of its own, so that it may hold one."""

    async def item(key: str):
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(anyio.sleep_forever)
            yield Item(key)
            tasks.cancel_scope.cancel()

    async with Keyed(item, max_size=1) as keyed:
        for key in "abc":
            async with keyed.lease(key) as made:
                assert made.key == key
        assert keyed.stats().n_made == 3


async def test_a_lease_by_hand(shop):
    """It is opened once, and given back once; a second time is a no-op."""
    async with Keyed(shop.item) as keyed:
        lease = keyed.lease("a")
        item = await lease.aopen()
        assert item in shop.open
        with pytest.raises(ScopeError):
            await lease.aopen()
        lease.release()
        lease.release()
        assert keyed.stats().n_used == 0


async def test_a_lease_is_given_back_from_another_thread(shop):
    """What has to be closed then is closed on the loop."""
    async with Keyed(shop.item) as keyed:
        lease = keyed.lease("a")
        await lease.aopen()
        keyed.drop("a")
        await anyio.to_thread.run_sync(lease.release)
        with anyio.fail_after(10):
            while shop.open:
                await anyio.sleep(0.001)

    assert shop.log == ["+a", "-a"]


async def test_use_in_the_wrong_colour(shop):
    """Nothing is touched."""
    async with Keyed(shop.item) as keyed:
        with pytest.raises(AsyncInSyncError):
            keyed.lease("a").open()
        with pytest.raises(AsyncInSyncError):
            keyed.close()
    with pytest.raises(AsyncInSyncError):
        keyed.__enter__()

    assert shop.log == []


# in a container


async def test_a_lease_for_a_scope(shop):
    """With `by=` a scope gets the item of its own tenant, for as long as it lasts."""
    container = Container()
    container.declare(Tenant)
    container.bind(Item, Keyed(shop.item, by=Tenant, max_size=2))
    got = []

    async def serve(tenant):
        async with container.resource_scope(values={Tenant: Tenant(tenant)}) as scope:
            item = await scope.aget(Item)
            assert item is await scope.aget(Item)
            got.append(item.key)

    async with container, anyio.create_task_group() as tasks:
        for tenant in "abcabc":
            tasks.start_soon(serve, tenant)

    assert sorted(got) == list("aabbcc")
    assert shop.most <= 2
    assert shop.open == set()


async def test_consumers_that_say_the_key(shop):
    """Without `by=` they ask for the whole; it lives as long as the container."""

    class Users:
        def __init__(self, items: Keyed[Item]):
            self.items = items

    container = Container()
    container.bind(Item, Keyed(shop.item))
    async with container:
        users = await container.aget(Users)
        async with users.items.lease("a") as item:
            assert item.key == "a"

    assert shop.log == ["+a", "-a"]


async def test_dependencies_of_the_factory(shop):
    """All but the first parameter are resolved, and closed after the items."""
    log = []

    @resource(scope="singleton")
    async def network() -> anyio.Lock:
        log.append("network opens")
        yield anyio.Lock()
        log.append("network closes")

    async def item(key: str, network: anyio.Lock) -> Item:
        log.append(f"{key} opens")
        yield Item(key)
        log.append(f"{key} closes")

    container = Container()
    container.bind(anyio.Lock, network)
    container.bind(Item, Keyed(item))
    async with container:
        async with (await container.aget(Keyed[Item])).lease("a"):
            pass

    assert log == ["network opens", "a opens", "a closes", "network closes"]


async def test_clients_are_recognised():
    """A factory that makes one says no more."""
    closed = []

    class Client:
        def __init__(self, key):
            self.key = key

        async def aclose(self):
            closed.append(self.key)

    async def connect(key: str) -> Client:
        return Client(key)

    async with Keyed(connect) as keyed:
        async with keyed.lease("a") as client:
            assert client.key == "a"

    assert closed == ["a"]
