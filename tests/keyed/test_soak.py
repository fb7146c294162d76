"""Many who lease, drop, fail, give up and are cancelled at the same time: nothing is left, never too much is open."""

import random
import threading

import anyio
import pytest

from tenure import Keyed

pytestmark = pytest.mark.slow

KEYS = "abcdefgh"
BOUND = 4


class Shop:
    """Knows what is open, and how much was open at most."""

    def __init__(self):
        self.open, self.most, self.n_made, self.lock, self.draw = set(), 0, 0, threading.Lock(), random.Random(7)

    def take(self, key):
        with self.lock:
            item = (key, object())
            self.open.add(item)
            self.most, self.n_made = max(self.most, len(self.open)), self.n_made + 1
            return item

    def drop(self, item):
        with self.lock:
            self.open.remove(item)

    def item(self, key: str):
        if self.draw.random() < 0.05:
            raise OSError(key)
        item = self.take(key)
        try:
            yield item
        finally:
            self.drop(item)

    async def aitem(self, key: str):
        await anyio.sleep(self.draw.random() * 0.002)
        if self.draw.random() < 0.05:
            raise OSError(key)
        item = self.take(key)
        try:
            yield item
        finally:
            with anyio.CancelScope(shield=True):
                await anyio.sleep(self.draw.random() * 0.002)
            self.drop(item)


@pytest.mark.anyio
async def test_on_a_loop(monkeypatch):
    """With limits that cut off the waiting as well as the use."""
    monkeypatch.setattr("sys.unraisablehook", lambda what: None)  # of makings that fail when nobody waits any more
    shop, n_served = Shop(), 0
    async with Keyed(shop.aitem, max_size=BOUND, max_idle_s=0.005, timeout_s=20) as keyed:

        async def use():
            nonlocal n_served
            key = shop.draw.choice(KEYS)
            with anyio.move_on_after(shop.draw.choice([0.0005, 0.002, 10])):
                try:
                    async with keyed.lease(key) as item:
                        assert item in shop.open
                        assert item[0] == key
                        await anyio.sleep(shop.draw.random() * 0.001)
                        if shop.draw.random() < 0.1:
                            keyed.drop(key)
                        assert item in shop.open
                        n_served += 1
                except OSError:
                    pass

        for _ in range(10):
            async with anyio.create_task_group() as tasks:
                for _ in range(60):
                    tasks.start_soon(use)
        assert keyed.stats().n_used == 0

    assert n_served > 50
    assert shop.open == set()
    assert shop.most <= BOUND


def test_over_threads():
    """Six of them, a keeper beside them."""
    shop, errors = Shop(), []
    with Keyed(shop.item, max_size=BOUND, max_idle_s=0.002, timeout_s=20) as keyed:

        def work():
            try:
                for _ in range(300):
                    key = shop.draw.choice(KEYS)
                    try:
                        with keyed.lease(key) as item:
                            assert item in shop.open
                            assert item[0] == key
                            if shop.draw.random() < 0.1:
                                keyed.drop(key)
                            assert item in shop.open
                    except OSError:
                        pass
            except BaseException as error:
                errors.append(error)

        threads = [threading.Thread(target=work) for _ in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert keyed.stats().n_used == 0

    assert errors == []
    assert shop.open == set()
    assert shop.most <= BOUND
    assert shop.n_made > 50
