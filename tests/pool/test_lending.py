"""What is lent to whom: one body for threads and for an event loop."""

import asyncio
import gc
import weakref

import pytest
from pool_support import Clock, Factory

from tenure.errors import BindingError, ContainerClosedError, ItemsOutError, PoolExhaustedError, ScopeError
from tenure.pool import Pool


def test_an_item_is_used_again(face):
    """What was given back is lent to the next one; all is closed with the pool."""

    async def body(face):
        async with face.inside(face.pool()) as pool:
            async with face.inside(pool.acquire()) as first:
                pass
            async with face.inside(pool.acquire()) as second:
                assert second is first
            assert face.factory.closed == []
        assert face.factory.closed == [0]

    face.run(body)


@pytest.mark.parametrize(("lifo", "expected"), [(True, [1, 1]), (False, [0, 1])])
def test_which_idle_item_is_lent(face, lifo, expected):
    """The one used last, or the one that is idle longest."""

    async def body(face):
        async with face.inside(face.pool(lifo=lifo)) as pool:
            both = [await face.take(pool), await face.take(pool)]
            for item in both:
                pool.release(item)
            found = []
            for _ in range(2):
                async with face.inside(pool.acquire()) as item:
                    found.append(item.number)
            assert found == expected

    face.run(body)


def test_nothing_left(face):
    """Whoever waits too long learns who has what, where it was borrowed and for how long; the pool goes on."""

    async def body(face):
        clock = Clock()
        async with face.inside(face.pool(max_size=1, name="db", clock=clock)) as pool:
            item = await face.take(pool)
            clock.now = 7.0
            with pytest.raises(PoolExhaustedError) as raised:
                await face.take(pool, 0.001)
            error = raised.value
            facts = (error.label, error.reason, error.max_size, len(error.borrowers), error.borrowers[0].held_s)
            assert facts == ("the pool 'db'", "timeout", 1, 1, 7.0)
            assert "pool_support.py" in str(error)
            assert "has had one for 7 s" in str(error)
            assert pool.stats().n_timeouts == 1
            pool.release(item)
            assert await face.take(pool, 0.001) is item
            pool.release(item)

    face.run(body)


def test_what_is_given_back_twice(face):
    """It is refused, and so is what was never lent; nothing is lost."""

    async def body(face):
        async with face.inside(face.pool(max_size=1)) as pool:
            item = await face.take(pool)
            pool.release(item)
            with pytest.raises(ValueError, match="was given back already"):
                pool.release(item)
            with pytest.raises(ValueError, match="is none that it has lent"):
                pool.release(object())
            assert pool.stats().n_idle == 1

    face.run(body)


def test_a_loan_is_entered_once_at_a_time(face):
    """A second entering would lose the first item."""

    async def body(face):
        async with face.inside(face.pool()) as pool:
            loan = pool.acquire()
            async with face.inside(loan):
                with pytest.raises(ScopeError, match="under way"):
                    async with face.inside(loan):
                        pass
            async with face.inside(loan):
                assert pool.stats().n_out == 1
            assert (pool.stats().n_out, pool.stats().n_idle) == (0, 1)

    face.run(body)


def test_making_fails(face):
    """Whoever asked gets the factory's own error; the place is free again."""

    async def body(face):
        async with face.inside(face.pool(max_size=1)) as pool:
            face.factory.fail = 1
            with pytest.raises(OSError, match="no connection"):
                await face.take(pool)
            item = await face.take(pool)
            pool.release(item)
            assert (pool.stats().n_make_failures, pool.stats().size) == (1, 1)

    face.run(body)


def test_an_opening_that_fails(face):
    """`min_size` items are made at once; where one fails, the others are closed again and the error leaves."""

    async def body(face):
        pool = face.pool(min_size=3)
        face.factory.fail = 1
        with pytest.raises(OSError, match="no connection"):
            await face.open(pool)
        assert len(face.factory.closed) == len(face.factory.items)
        with pytest.raises(ContainerClosedError, match="is closed"):
            await face.take(pool)
        await face.open(pool)
        assert pool.stats().n_idle == 3
        await face.close(pool)

    face.run(body)


def test_not_open(face):
    """Before it is opened it lends nothing, after its close neither; it may be opened again."""

    async def body(face):
        pool = face.pool()
        with pytest.raises(ContainerClosedError, match="not open yet"):
            await face.take(pool)
        async with face.inside(pool):
            with pytest.raises(BindingError, match="open already"):
                await face.open(pool)
        with pytest.raises(ContainerClosedError, match="is closed"):
            await face.take(pool)
        async with face.inside(pool), face.inside(pool.acquire()) as item:
            assert item.number == 0

    face.run(body)


def test_closed_while_something_is_out(face):
    """The close waits, then closes it all the same and says who has it; giving it back later changes nothing."""

    async def body(face):
        pool = face.pool(close_timeout_s=0.001)
        await face.open(pool)
        item = await face.take(pool)
        with pytest.raises(ItemsOutError, match=r"1 item did not come back(.|\n)*pool_support.py") as raised:
            await face.close(pool)
        assert len(raised.value.borrowers) == 1
        assert item.closed == 1
        pool.release(item)
        await face.close(pool)
        assert item.closed == 1

    face.run(body)


def test_a_body_that_fails_is_what_leaves(face):
    """The error of the body outranks what the close has to say, which travels with it."""

    async def body(face):
        with pytest.raises(KeyError, match="body") as raised:
            async with face.inside(face.pool(close_timeout_s=0.001)) as pool:
                await face.take(pool)
                raise KeyError("body")
        assert "did not come back" in "".join(raised.value.__notes__)

    face.run(body)


def test_the_same_item_twice(face):
    """A factory that gives what is there already breaks its contract."""

    async def body(face):
        async with face.inside(face.pool(max_size=2)) as pool:
            made = face.factory._make

            face.factory._make = lambda: made() if not face.factory.items else face.factory.items[0]
            item = await face.take(pool)
            with pytest.raises(RuntimeError, match="gave the same Item twice"):
                await face.take(pool)
            pool.release(item)

    face.run(body)


@pytest.mark.parametrize("timeout_s", [-1, "5", True, float("nan")])
def test_a_time_that_is_none(face, timeout_s):
    """It is refused before anything is lent or waited for."""

    async def body(face):
        async with face.inside(face.pool()) as pool:
            with pytest.raises(ValueError, match="timeout_s must be a number of seconds"):
                await face.take(pool, timeout_s)
            assert pool.stats().size == 0

    face.run(body)


@pytest.mark.parametrize(
    "options",
    [
        {"min_size": 3, "max_size": 2}, {"max_size": 0}, {"max_size": None}, {"min_idle": 11}, {"min_size": -1},
        {"jitter": 2}, {"max_idle_s": 0}, {"max_lifetime_s": "1"}, {"check_after_s": -1}, {"max_uses": 0},
        {"max_waiting": -1}, {"retry": 3}, {"check": 1}, {"clock": 3}, {"discard": ValueError()}, {"discard": 3},
        {"close_timeout_s": None}, {"timeout_s": 0}, {"late_after_s": -2}, {"max_size": True}, {"close": 3},
    ],
    ids=str,
)  # fmt: skip
def test_options_out_of_bounds(options):
    """A pool that could not work is refused when it is made."""
    with pytest.raises(BindingError):
        Pool(Factory().sync, **options)


def test_what_makes_nothing():
    """An object that exists is no factory; nor is an asynchronous one for threads, or an asynchronous reset."""

    async def reset(_):
        raise AssertionError("never called")

    with pytest.raises(BindingError, match="takes what makes its items"):
        Pool(object())
    with pytest.raises(BindingError, match="is asynchronous"):
        Pool(Factory().asynchronous, is_async=False)
    with pytest.raises(BindingError, match="reset is asynchronous"):
        Pool(Factory().sync, reset=reset)


def test_where_a_loan_was_entered(face):
    """The borrower is the code with the `with`, not Tenure's own."""

    async def body(face):
        async with face.inside(face.pool(late_after_s=60)) as pool:
            await face.take(pool)
            for borrower in pool.borrowers():
                assert "pool_support.py" in borrower.place
                assert not any("tenure/pool" in line for line in borrower.trace)
                pool.release(face.factory.items[0])

    face.run(body)


def test_where_a_with_stands():
    """Also where no helper stands between."""
    with Pool(Factory().sync) as pool, pool.acquire():
        assert "test_lending.py" in pool.borrowers()[0].place

    async def main():
        async with Pool(Factory().asynchronous, min_size=1) as pool:
            async with pool.acquire():
                assert "test_lending.py" in pool.borrowers()[0].place
            item = await pool.acquire()
            assert "test_lending.py" in pool.borrowers()[0].place
            pool.release(item)

    asyncio.run(main())


def test_what_was_cut_off_comes_back_after_another_opening(face):
    """Giving it back does no harm then either, and says nothing of the items that there are now."""

    async def body(face):
        pool = face.pool(close_timeout_s=0.001)
        await face.open(pool)
        item = await face.take(pool)
        with pytest.raises(ItemsOutError):
            await face.close(pool)
        async with face.inside(pool):
            pool.release(item)
            with pytest.raises(ValueError, match="is none that it has lent"):
                pool.release(item)

    face.run(body)


def test_a_past_life_is_forgotten(face):
    """A pool that is opened again and again keeps nothing of what it was before."""

    async def body(face):
        pool, lives = face.pool(), []
        for _ in range(3):
            async with face.inside(pool):
                lives.append(weakref.ref(pool.life))
                await face.settle()
        gc.collect()
        assert [life() is None for life in lives] == [True, True, False]

    face.run(body)
