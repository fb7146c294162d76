"""One item per key over threads, and what is refused before anything happens."""

import gc
import os
import threading
import weakref
from concurrent.futures import ThreadPoolExecutor

import pytest

from tenure import Container, Keyed
from tenure.errors import BindingError, CloseError, ContainerClosedError, LeasesOutError, LeaseTimeoutError


class Item:
    def __init__(self, key):
        self.key = key


class Shop:
    def __init__(self):
        self.log, self.open, self.most, self.lock = [], set(), 0, threading.Lock()
        self.may_open = threading.Event()
        self.may_open.set()
        self.asked = threading.Semaphore(0)

    def item(self, key: str):
        self.asked.release()
        assert self.may_open.wait(30)
        item = Item(key)
        with self.lock:
            self.log.append(f"+{key}")
            self.open.add(item)
            self.most = max(self.most, len(self.open))
        try:
            yield item
        finally:
            with self.lock:
                self.open.discard(item)
                self.log.append(f"-{key}")


@pytest.fixture
def shop():
    return Shop()


def test_the_one_used_longest_ago_goes(shop):
    """As soon as another one needs its place; at the end all go."""
    with Keyed(shop.item, max_size=2) as keyed:
        for key in "abac":
            with keyed.lease(key) as item:
                assert item.key == key
        assert keyed.keys() == ["a", "c"]
        assert shop.log == ["+a", "+b", "-b", "+c"]

    assert shop.open == set()


def test_single_flight_over_threads(shop):
    """One thread makes it, the others wait."""
    shop.may_open.clear()
    with Keyed(shop.item) as keyed, ThreadPoolExecutor(4) as threads:

        def use():
            with keyed.lease("a") as item:
                return item

        jobs = [threads.submit(use) for _ in range(4)]
        assert shop.asked.acquire(timeout=30)
        shop.may_open.set()
        items = {job.result(30) for job in jobs}

    assert len(items) == 1
    assert shop.log == ["+a", "-a"]


def test_never_more_than_the_bound_over_threads(shop):
    """Whoever finds no room waits; all get what they ask for."""
    with Keyed(shop.item, max_size=2) as keyed, ThreadPoolExecutor(6) as threads:

        def use(number):
            key = "abcd"[number % 4]
            with keyed.lease(key) as item:
                assert item in shop.open
                return item.key == key

        assert all(threads.map(use, range(200)))

    assert shop.most <= 2
    assert shop.open == set()
    assert shop.log.count("+a") == shop.log.count("-a")


def test_who_finds_no_room_in_time(shop):
    """The error says what is used."""
    with Keyed(shop.item, max_size=1, timeout_s=0.01) as keyed, keyed.lease("a"):
        with pytest.raises(LeaseTimeoutError, match="all 1 are used, 'a'; leave their leases sooner"):
            keyed.lease("b").open()


def test_a_failure_is_not_kept():
    """The next one tries again."""
    errors = [OSError("down")]

    def item(key: str) -> Item:
        if errors:
            raise errors.pop()
        return Item(key)

    with Keyed(item) as keyed:
        with pytest.raises(OSError, match="down"):
            keyed.lease("a").open()
        with keyed.lease("a") as made:
            assert made.key == "a"


def test_ctrl_c_while_an_item_is_made():
    """It leaves as it is, and the next one tries again."""
    interrupts = [KeyboardInterrupt()]

    def item(key: str) -> Item:
        if interrupts:
            raise interrupts.pop()
        return Item(key)

    with Keyed(item) as keyed:
        with pytest.raises(KeyboardInterrupt):
            keyed.lease("a").open()
        with keyed.lease("a") as made:
            assert made.key == "a"


def test_an_error_of_an_eviction_is_told(shop, monkeypatch):
    """It has no caller: who asks for another item gets that."""
    told = []
    monkeypatch.setattr("sys.unraisablehook", lambda what: told.append(what.exc_value))

    def item(key: str):
        yield Item(key)
        raise OSError(f"{key} did not close")

    with pytest.raises(CloseError), Keyed(item, max_size=1) as keyed:
        for key in "ab":
            with keyed.lease(key) as made:
                assert made.key == key

    assert [str(error) for error in told] == ["a did not close"]


def test_a_close_that_nobody_lets_come_to_its_end(shop):
    """It closes what is used in the end, and says what that was."""
    keyed = Keyed(shop.item, close_timeout_s=0.01)
    keyed.begin()
    lease = keyed.lease("a")
    lease.open()
    with pytest.raises(CloseError) as caught:
        keyed.close()
    lease.release()
    keyed.close()

    assert shop.open == set()
    assert isinstance(caught.value.exceptions[0], LeasesOutError)


def test_the_keeper_closes_what_is_idle(shop):
    """A daemon thread, which ends with the life."""
    closed = threading.Event()

    def item(key: str):
        yield Item(key)
        closed.set()

    with Keyed(item, max_idle_s=0.01) as keyed:
        with keyed.lease("a"):
            pass
        assert closed.wait(30)
        assert keyed.stats().n_evicted == 1


def test_what_is_forgotten_is_let_go():
    """A `Keyed` whose items owe nothing is collected with its keeper."""
    keyed = Keyed(Item, max_idle_s=1000)
    keyed.begin()
    with keyed.lease("a"):
        pass
    ref = weakref.ref(keyed)
    del keyed
    gc.collect()

    assert ref() is None


def test_what_is_forgotten_with_items_open(shop):
    """A warning names it and its items; nothing is closed by the garbage collector."""
    keyed = Keyed(shop.item, name="shops")
    keyed.begin()
    with keyed.lease("a"):
        pass
    items, forgotten = [entry.exit for entry in keyed.life.core.entries], [keyed]
    del keyed
    with pytest.warns(ResourceWarning, match=r"(?s)Keyed 'shops' was dropped with items still open.*with`, or close"):
        forgotten.clear()

    assert shop.log == ["+a"]
    items[0].handle.close()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork")
@pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning")
@pytest.mark.parametrize("is_bound", [False, True])
def test_a_forked_child_owes_nothing(is_bound, shop):
    """It has no item of the parent's, closes none, and may begin a life of its own."""
    keyed, container = Keyed(shop.item), Container()
    container.bind(Item, keyed)

    def begin():
        return container.get(Keyed[Item]) if is_bound else keyed.__enter__()

    with begin().lease("a") as item:
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            try:
                seen = [keyed._own_life() is None]
                with begin().lease("a") as own:
                    seen += [own is not item, shop.log == ["+a", "+a"]]
                keyed.close()
                seen.append(shop.log == ["+a", "+a", "-a"])
                os.write(writing, bytes(seen))
            finally:
                os._exit(0)
        os.close(writing)
        with open(reading, "rb") as told:
            assert told.read() == b"\x01" * 4
        os.waitpid(child, 0)
    container.close()
    keyed.close()

    assert shop.log == ["+a", "-a"]


def test_it_can_be_opened_again(shop):
    """After a close it begins anew."""
    keyed = Keyed(shop.item)
    for _ in range(2):
        with keyed, keyed.lease("a"):
            pass

    assert shop.log == ["+a", "-a"] * 2


def test_it_has_to_be_open(shop):
    """Before and after it says so, and is not opened twice."""
    keyed = Keyed(shop.item)
    with pytest.raises(ContainerClosedError, match="not open yet"):
        keyed.lease("a").open()
    with keyed, pytest.raises(ContainerClosedError, match="open already"):
        keyed.begin()
    with pytest.raises(ContainerClosedError):
        keyed.lease("a").open()


def none() -> Item: ...


def by_name(*, key: str) -> Item: ...


def more(key: str, network: int) -> Item: ...


def unsaid(key): ...


@pytest.mark.parametrize(
    ("wrong", "text"),
    [
        (lambda: Keyed(None), "takes what makes its items"),
        (lambda: Keyed(none), "give it a first parameter"),
        (lambda: Keyed(by_name), "give it a first parameter"),
        (lambda: Keyed(Item, max_size=0), "max_size"),
        (lambda: Keyed(Item, max_idle_s=0), "max_idle_s"),
        (lambda: Keyed(Item, timeout_s=-1), "timeout_s"),
        (lambda: Keyed(more).begin(), "needs network"),
        (lambda: Container().bind(Keyed(unsaid)), "does not say what it makes"),
        (lambda: Container().bind(Item, Keyed(Item), scope="request"), r"give Keyed\[Item\] by="),
        (lambda: Container().bind(Item, Keyed(Item, by=str), scope="singleton"), "belongs to a scope"),
        (lambda: Container().bind(Item, Keyed(Item), close="close"), "knows itself how it is closed"),
    ],
)
def test_what_cannot_be(wrong, text):
    """It is refused at once, and says what would do."""
    with pytest.raises(BindingError, match=text):
        wrong()


def test_a_key_that_is_not_hashable(shop):
    """A TypeError, as of any mapping."""
    with Keyed(shop.item) as keyed, pytest.raises(TypeError, match="unhashable"):
        keyed.lease([])


class Tenant(str):
    __slots__ = ()


def test_a_lease_for_a_scope(shop):
    """Each scope gets the item of its own tenant, closed when it is in the way."""
    container = Container()
    container.declare(Tenant)
    container.bind(Item, Keyed(shop.item, by=Tenant, max_size=1))
    with container:
        for tenant in "aab":
            with container.resource_scope(values={Tenant: Tenant(tenant)}) as scope:
                assert scope.get(Item).key == tenant
        assert container.get(Keyed[Item]).keys() == ["b"]

    assert shop.log == ["+a", "-a", "+b", "-b"]


def test_two_of_them_in_one_container(shop):
    """Told apart by a qualifier."""
    container = Container()
    container.bind(Item, Keyed(shop.item), name="first")
    container.bind(Item, Keyed(shop.item), name="second")
    with container:
        from typing import Annotated

        first, second = (container.get(Annotated[Keyed[Item], name]) for name in ("first", "second"))
        assert first is not second


def test_constants_of_the_factory():
    """By name, outside a container as well."""

    def item(key: str, network: str) -> Item:
        return Item(f"{key}@{network}")

    with Keyed(item, arguments={"network": "home"}) as keyed, keyed.lease("a") as made:
        assert made.key == "a@home"
    container = Container()
    container.bind(Item, Keyed(item), arguments={"network": "away"})
    with container, container.get(Keyed[Item]).lease("a") as made:
        assert made.key == "a@away"
