"""What only an event loop has: cancellation, other loops, other threads."""

import asyncio
import threading

import pytest
import trio
import trio.testing
from pool_support import Clock, Factory

from tenure.errors import AsyncInSyncError, ContainerClosedError, PoolExhaustedError, WrongLoopError
from tenure.pool import Pool
from tests.laws.schedules.loop import OracleLoop


def test_first_come_first_served():
    """Whoever waits longest gets what comes back; nobody who comes later overtakes."""

    async def main():
        order = []
        async with Pool(Factory().asynchronous, max_size=1) as pool:
            item = await pool.acquire()

            async def borrow(number):
                async with pool.acquire():
                    order.append(number)

            tasks = [asyncio.create_task(borrow(number)) for number in range(5)]
            await asyncio.sleep(0)
            pool.release(item)
            late = asyncio.create_task(borrow(5))
            await asyncio.gather(*tasks, late)
        assert order == [0, 1, 2, 3, 4, 5]

    asyncio.run(main())


def test_cancelled_when_served():
    """Who is cancelled in the moment in which it is served hands the item on; none is lost."""

    async def main():
        async with Pool(Factory().asynchronous, max_size=1) as pool:
            item = await pool.acquire()
            first, second = (asyncio.create_task(pool.atake()) for _ in range(2))
            await asyncio.sleep(0)
            pool.release(item)
            first.cancel()
            assert await second is item
            assert first.cancelled()
            assert (pool.stats().n_cancelled, pool.stats().n_acquired) == (1, 2)
            pool.release(item)

    asyncio.run(main())


def test_cancelled_while_an_item_is_made():
    """The making goes on: the item is the next one's."""

    async def main():
        factory = Factory()
        async with Pool(factory.asynchronous) as pool:
            task = asyncio.create_task(pool.atake())
            await asyncio.sleep(0)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            async with pool.acquire() as item:
                assert item.number == 0
            assert len(factory.items) == 1

    asyncio.run(main())


def test_release_while_cancelled():
    """A `finally` of a cancelled task gives back; nothing is waited for there."""

    async def main():
        async with Pool(Factory().asynchronous, max_size=1, reset=lambda _: asyncio.sleep(0)) as pool:

            async def borrow():
                item = await pool.acquire()
                try:
                    await asyncio.sleep(3600)
                finally:
                    pool.release(item)

            task = asyncio.create_task(borrow())
            while not pool.stats().n_out:
                await asyncio.sleep(0)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            async with pool.acquire(timeout_s=5) as item:
                assert item.number == 0

    asyncio.run(main())


def test_a_fresh_idle_item_is_lent_without_waiting():
    """The coroutine ends at its first step."""

    async def main():
        async with Pool(Factory().asynchronous, min_size=1) as pool:
            coroutine = pool.atake()
            with pytest.raises(StopIteration) as stop:
                coroutine.send(None)
            pool.release(stop.value.value)

    asyncio.run(main())


def test_another_loop():
    """It says which loop it belongs to; where that one has ended, it may be opened anew."""
    pool = Pool(Factory().asynchronous)

    async def elsewhere():
        with pytest.raises(WrongLoopError, match=r"the pool of Factory\.asynchronous was opened on"):
            await pool.acquire()

    async def main():
        async with pool, pool.acquire():
            await asyncio.to_thread(asyncio.run, elsewhere())
            with pytest.raises(AsyncInSyncError):
                pool.take()

    asyncio.run(main())
    asyncio.run(main())


def test_given_back_by_another_thread():
    """It is sent over to the loop, and the one who waits there is woken."""

    async def main():
        async with Pool(Factory().asynchronous, max_size=1) as pool:
            item = await pool.acquire()
            waiting = asyncio.create_task(pool.atake())
            await asyncio.sleep(0)
            thread = threading.Thread(target=pool.release, args=(item,))
            thread.start()
            assert await waiting is item
            thread.join()
            pool.release(item)

    asyncio.run(main())


def test_given_back_twice_by_another_thread():
    """The second time is refused, also before the loop has heard of the first; nobody's item is taken away."""

    async def main():
        async with Pool(Factory().asynchronous, max_size=1) as pool:
            item = await pool.acquire()
            waiting = asyncio.create_task(pool.atake())
            await asyncio.sleep(0)
            errors = []

            def give_back():
                pool.release(item)
                try:
                    pool.release(item)
                except ValueError as error:
                    errors.append(str(error))

            thread = threading.Thread(target=give_back)
            thread.start()
            thread.join()
            assert await waiting is item
            await asyncio.sleep(0)
            assert (pool.stats().n_out, pool.stats().n_idle, len(errors)) == (1, 0, 1)
            assert "was given back already" in errors[0]
            pool.release(item)

    asyncio.run(main())


def test_given_back_by_another_thread_and_by_its_own():
    """The one that the loop hears of first counts; what was lent since then stays with whoever has it."""

    async def main():
        async with Pool(Factory().asynchronous, max_size=1) as pool:
            item = await pool.acquire()
            thread = threading.Thread(target=pool.release, args=(item,))
            thread.start()
            thread.join()
            pool.release(item)
            assert await pool.acquire() is item
            await asyncio.sleep(0)
            assert pool.stats().n_out == 1
            pool.release(item)

    asyncio.run(main())


def test_max_waiting():
    """Not more than so many wait; the next one is told at once."""

    async def main():
        async with Pool(Factory().asynchronous, max_size=1, max_waiting=1) as pool:
            item = await pool.acquire()
            waiting = asyncio.create_task(pool.atake())
            await asyncio.sleep(0)
            with pytest.raises(PoolExhaustedError, match="1 wait already, as many as may"):
                await pool.acquire()
            pool.release(item)
            pool.release(await waiting)
            assert pool.stats().n_refused == 1

    asyncio.run(main())


def test_a_close_wakes_everybody():
    """Who waits gets an error; who has something may give it back."""

    async def main():
        pool = Pool(Factory().asynchronous, max_size=1)
        await pool.aopen()
        item = await pool.acquire()
        waiting = [asyncio.create_task(pool.atake()) for _ in range(3)]
        await asyncio.sleep(0)
        closing = asyncio.create_task(pool.aclose())
        results = await asyncio.gather(*waiting, return_exceptions=True)
        assert [type(each) for each in results] == [ContainerClosedError] * 3
        assert not closing.done()
        pool.release(item)
        await closing
        assert item.closed == 1

    asyncio.run(main())


def test_what_is_made_during_a_close_is_not_waited_for():
    """A connection that hangs is cancelled: nobody wants it any more."""

    async def main():
        cancelled = []

        async def connect():
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                cancelled.append(True)
                raise

        pool = Pool(connect, close_timeout_s=3600)
        await pool.aopen()
        task = asyncio.create_task(pool.atake())
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        await pool.aclose()
        with pytest.raises(ContainerClosedError):
            await task
        assert cancelled == [True]

    asyncio.run(main())


def test_a_making_that_has_not_begun_when_the_pool_is_closed():
    """It never begins, and keeps no place: the close has nothing to wait for."""

    async def main():
        factory = Factory()
        pool = Pool(factory.asynchronous, close_timeout_s=3600)
        await pool.aopen()
        task = asyncio.create_task(pool.atake())
        await asyncio.sleep(0)
        await pool.aclose()
        with pytest.raises(ContainerClosedError):
            await task
        assert (factory.n_tried, pool.stats().size) == (0, 0)

    asyncio.run(main())


def test_who_was_served_leaves_no_timer():
    """The limit of a wait ends with it."""
    loop = OracleLoop(pure=False)

    async def main():
        async with Pool(Factory().asynchronous, max_size=1, background=False) as pool:
            item = await pool.acquire()
            waiting = loop.create_task(pool.atake(timeout_s=1000.0), name="waiting")
            await asyncio.sleep(0)
            n_timers = len(loop.timers)
            pool.release(item)
            pool.release(await waiting)
            assert (n_timers, len(loop.timers)) == (1, 0)

    loop.play(main())
    loop.close()


def test_a_loop_that_ends_first():
    """Where nobody closed the pool, its items close themselves as the loop ends."""
    factory = Factory()

    async def main():
        pool = Pool(factory.asynchronous, min_size=2)
        await pool.aopen()
        return pool

    pool = asyncio.run(main())

    assert factory.closed == [0, 1]
    assert pool.stats().size == 0


def test_a_check_that_hangs():
    """The limit of the one who borrows counts for it; the item is closed, its place is free."""

    async def main():
        clock, factory = Clock(), Factory()

        async def check(_):
            await asyncio.Event().wait()

        async with Pool(factory.asynchronous, max_size=1, check=check, check_after_s=1, clock=clock) as pool:
            pool.release(await pool.acquire())
            clock.now = 5.0
            with pytest.raises(PoolExhaustedError):
                await pool.acquire(timeout_s=0.001)
            assert (await pool.acquire()).number == 1
            pool.release(factory.items[1])
        assert factory.closed == [0, 1]

    asyncio.run(main())


def test_a_synchronous_factory_served_by_a_loop():
    """`is_async=True`: whoever waits does not block the loop."""

    async def main():
        async with Pool(Factory().sync, max_size=1, is_async=True) as pool:
            item = await pool.acquire()
            waiting = asyncio.create_task(pool.atake())
            await asyncio.sleep(0)
            pool.release(item)
            assert await waiting is item
            pool.release(item)

    asyncio.run(main())


def test_the_keeper_fills_up():
    """Where one is taken or lost, another is made without anybody's asking."""

    async def main():
        factory, opened = Factory(), asyncio.Semaphore(0)

        async def connect():
            async for item in factory.asynchronous():
                opened.release()
                yield item

        async with Pool(connect, max_size=4, min_size=3, min_idle=2) as pool:
            item = await pool.acquire()
            other = await pool.acquire()
            for _ in range(4):
                await opened.acquire()
            assert pool.stats().size == 4
            pool.release(other)
            pool.release(item)
            pool.resize(max_size=3)
            pool.invalidate()
            for _ in range(3):
                await opened.acquire()
            assert len(factory.items) == 7

    asyncio.run(main())


def test_the_keeper_fills_up_after_draining():
    """What was closed meanwhile is made up for at once, not when the keeper looks next."""

    async def settle():
        for _ in range(20):
            await asyncio.sleep(0)

    async def main():
        async with Pool(Factory().asynchronous, min_size=1, max_uses=1) as pool:
            item = await pool.acquire()
            assert not await pool.adrain(0.001)
            pool.release(item)
            assert await pool.adrain()
            await settle()
            assert pool.stats().size == 0
            pool.resume()
            await settle()
            assert pool.stats().n_idle == 1

    asyncio.run(main())


def test_where_a_borrower_is_now():
    """A task that keeps an item is told with the line at which it waits; one that has ended is not."""

    async def keep(pool, event):
        async with pool.acquire():
            await event.wait()

    async def main():
        async with Pool(Factory().asynchronous, max_size=1, timeout_s=0.001) as pool:
            event = asyncio.Event()
            task = asyncio.create_task(keep(pool, event))
            while not pool.stats().n_out:
                await asyncio.sleep(0)
            with pytest.raises(PoolExhaustedError, match=r"in .*keep, now at .*test_on_a_loop.py"):
                await pool.acquire()
            event.set()
            await task

    asyncio.run(main())


def test_uvloop():
    """Its loop has a clock of its own."""
    uvloop = pytest.importorskip("uvloop")

    async def main():
        async with Pool(Factory().asynchronous, max_size=1) as pool:
            async with pool.acquire() as item:
                with pytest.raises(PoolExhaustedError):
                    await pool.acquire(timeout_s=0.001)
            async with pool.acquire() as again:
                assert again is item

    uvloop.run(main())


def test_trio():
    """Time limits, cancellation and closing under a cancelled scope."""

    async def connect():
        await trio.sleep(1)
        items.append("open")
        try:
            yield object()
        finally:
            await trio.sleep(1)
            items.append("closed")

    items = []

    async def main():
        with trio.CancelScope() as scope:
            async with Pool(connect, max_size=1) as pool:
                async with pool.acquire():
                    with pytest.raises(PoolExhaustedError):
                        await pool.acquire(timeout_s=5)
                    with trio.move_on_after(2):
                        await pool.acquire()
                    assert pool.stats().n_waiting == 0
                scope.cancel()
                await trio.sleep(1)
        assert scope.cancelled_caught

    trio.run(main, clock=trio.testing.MockClock(autojump_threshold=0))
    assert items == ["open", "closed"]
