"""Items that write down what happens to them, a clock that is set by hand, and a pool in both colours."""

import asyncio
import contextlib

from tenure.pool import Pool


class Clock:
    def __init__(self):
        self.now = 0.0

    def __call__(self):
        return self.now


class Item:
    def __init__(self, number):
        self.number = number
        self.closed = 0

    def __repr__(self):
        return f"<item {self.number}>"


class Factory:
    """Makes numbered items; `fail` makes the next ones fail."""

    def __init__(self):
        self.items = []
        self.fail = 0
        self.n_tried = 0

    def _make(self):
        self.n_tried += 1
        if self.fail:
            self.fail -= 1
            raise OSError("no connection")
        item = Item(len(self.items))
        self.items.append(item)
        return item

    def sync(self):
        item = self._make()
        try:
            yield item
        finally:
            item.closed += 1

    async def asynchronous(self):
        await asyncio.sleep(0)
        item = self._make()
        try:
            yield item
        finally:
            await asyncio.sleep(0)
            item.closed += 1

    @property
    def closed(self):
        return [item.number for item in self.items if item.closed]


class SyncFace:
    """A pool for threads, used as if it were asynchronous."""

    name = "threads"

    def __init__(self):
        self.factory = Factory()

    def run(self, body):
        coroutine = body(self)
        with contextlib.suppress(StopIteration):
            coroutine.send(None)

    def pool(self, **options):
        return Pool(self.factory.sync, **{"background": False, **options})

    @contextlib.asynccontextmanager
    async def inside(self, manager):
        with manager as value:
            yield value

    async def take(self, pool, *args):
        return pool.take(*args)

    async def open(self, pool):
        pool.open()

    async def close(self, pool):
        pool.close()

    async def drain(self, pool, seconds):
        return pool.drain(seconds)

    async def settle(self):
        return


class AsyncFace(SyncFace):
    """A pool on asyncio's loop."""

    name = "asyncio"

    def run(self, body):
        asyncio.run(body(self))

    def pool(self, **options):
        return Pool(self.factory.asynchronous, **{"background": False, **options})

    def inside(self, manager):
        return manager

    async def take(self, pool, *args):
        return await pool.acquire(*args)

    async def open(self, pool):
        await pool.aopen()

    async def close(self, pool):
        await pool.aclose()

    async def drain(self, pool, seconds):
        return await pool.adrain(seconds)

    async def settle(self):
        for _ in range(10):
            await asyncio.sleep(0)
