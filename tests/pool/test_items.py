"""How long an item serves: checks, resets, lifetimes, uses; what is kept ready; what is changed as a whole."""

import logging
import sys

import pytest
from pool_support import Clock

from tenure import Retry
from tenure.errors import BindingError, ContainerClosedError
from tenure.events import BorrowerLate, BorrowerWaited, Closed, Opened


async def use(face, pool, n=1):
    """Borrow *n* items at a time and give them back; return their numbers."""
    items = [await face.take(pool) for _ in range(n)]
    for item in items:
        pool.release(item)
    await face.settle()
    return [item.number for item in items]


def test_a_check_is_skipped_while_an_item_is_fresh(face):
    """Only what was not used for `check_after_s` is looked at; a bad one is closed and another one lent."""

    async def body(face):
        clock, looked = Clock(), []

        def check(item):
            looked.append(item.number)
            return item.number != 0

        async with face.inside(face.pool(check=check, check_after_s=5.0, clock=clock)) as pool:
            await use(face, pool)
            clock.now = 4.9
            assert await use(face, pool) == [0]
            assert looked == []
            clock.now = 9.95
            assert await use(face, pool) == [1]
            assert looked == [0]
            assert (face.factory.closed, pool.stats().n_bad_checks, pool.stats().closed) == ([0], 1, (("check", 1),))

    face.run(body)


def test_a_check_that_raises_says_no(face):
    """Its error is not the borrower's."""

    async def body(face):
        def check(_):
            raise ConnectionResetError

        async with face.inside(face.pool(check=check, check_after_s=0, max_size=1)) as pool:
            await use(face, pool)
            assert await use(face, pool) == [1]

    face.run(body)


@pytest.mark.parametrize("answer", [False, OSError("lost"), None])
def test_a_reset(face, answer):
    """It is called on every return; raising or False discards the item."""

    async def body(face):
        def reset(_):
            if isinstance(answer, Exception):
                raise answer
            return answer

        async with face.inside(face.pool(reset=reset)) as pool:
            await use(face, pool)
            is_kept = answer is None
            assert face.factory.closed == ([] if is_kept else [0])
            assert pool.stats().n_bad_resets == (not is_kept)
            assert pool.stats().closed == (() if is_kept else (("reset", 1),))

    face.run(body)


@pytest.mark.parametrize(
    ("rule", "error", "is_kept"),
    [
        (ConnectionError, ConnectionResetError(), False),
        ((KeyError, ConnectionError), KeyError(), False),
        (ConnectionError, ValueError(), True),
        (lambda item, error: error is not None, ValueError(), False),
        (lambda item, error: item.number == 0, None, False),
        (lambda item, error: error is not None, None, True),
    ],
)
def test_discard_sees_the_error_of_the_body(face, rule, error, is_kept):
    """Classes of errors, or a function of the item and the error."""

    async def body(face):
        async with face.inside(face.pool(discard=rule)) as pool:
            try:
                async with face.inside(pool.acquire()):
                    if error is not None:
                        raise error
            except type(error):
                pass
            await face.settle()
            assert (face.factory.closed == []) is is_kept

    face.run(body)


def test_max_uses_and_max_lifetime(face):
    """What was lent often enough, or is too old, is replaced when it is given back, or before it is lent again."""

    async def body(face):
        clock = Clock()
        async with face.inside(face.pool(max_uses=2, max_lifetime_s=100.0, jitter=0, clock=clock)) as pool:
            found = [*await use(face, pool), *await use(face, pool), *await use(face, pool)]
            assert found == [0, 0, 1]
            clock.now = 100.0
            assert await use(face, pool) == [2]
            assert pool.stats().closed == (("max_lifetime", 1), ("max_uses", 1))

    face.run(body)


def test_what_is_idle_for_too_long_is_closed(face):
    """The longest first, down to `min_size`; the keeper knows when."""

    async def body(face):
        clock = Clock()
        options = {"max_idle_s": 10.0, "max_lifetime_s": None, "jitter": 0, "min_size": 1, "clock": clock}
        async with face.inside(face.pool(**options)) as pool:
            await use(face, pool, 3)
            assert pool.look_after() == 10.0
            clock.now = 9.0
            assert pool.look_after() == 1.0
            assert face.factory.closed == []
            clock.now = 10.0
            pool.look_after()
            await face.settle()
            assert (len(face.factory.closed), pool.stats().n_idle) == (2, 1)
            clock.now = 1000.0
            pool.look_after()
            assert pool.stats().n_idle == 1

    face.run(body)


def test_jitter_spreads_the_ends(face):
    """No two items made at once end at once."""

    async def body(face):
        async with face.inside(face.pool(max_size=8, max_lifetime_s=100.0, jitter=0.5)) as pool:
            await use(face, pool, 8)
            ends = {entry.expires_at - entry.made_at for entry in pool.life.core.entries.values()}
            assert len(ends) == 8
            assert all(50 <= end <= 100 for end in ends)

    face.run(body)


def test_some_are_kept_ready(face):
    """`min_idle` items wait for whoever comes, as far as `max_size` allows."""

    async def body(face):
        async with face.inside(face.pool(max_size=3, min_idle=2)) as pool:
            pool.look_after()
            await face.settle()
            assert pool.stats().n_idle == 2
            first = await face.take(pool)
            pool.look_after()
            await face.settle()
            assert (pool.stats().n_idle, pool.stats().size) == (2, 3)
            second = await face.take(pool)
            pool.look_after()
            await face.settle()
            assert (pool.stats().n_idle, pool.stats().size) == (1, 3)
            pool.release(first)
            pool.release(second)

    face.run(body)


def test_filling_up_again_after_a_failure(face):
    """It is tried again, and again, with growing delays."""

    async def body(face):
        clock, retry = Clock(), Retry(attempts=1, backoff=2.0, growth=3.0, jitter=0, max_delay=10.0)
        async with face.inside(face.pool(min_idle=1, retry=retry, clock=clock, jitter=0)) as pool:
            face.factory.fail = 3
            waits = []
            for _ in range(3):
                pool.look_after()
                await face.settle()
                n_tried = face.factory.n_tried
                waits.append(pool.look_after())
                assert face.factory.n_tried == n_tried
                clock.now += waits[-1]
            pool.look_after()
            await face.settle()
            assert (waits, pool.stats().n_idle) == ([2.0, 6.0, 10.0], 1)

    face.run(body)


def test_making_is_tried_again(face):
    """`retry` as for any resource."""

    async def body(face):
        async with face.inside(face.pool(retry=Retry(attempts=3, backoff=0))) as pool:
            face.factory.fail = 2
            assert await use(face, pool) == [0]
            assert face.factory.n_tried == 3

    face.run(body)


def test_invalidate(face):
    """What there is is replaced: idle items at once, those that are out when they come back."""

    async def body(face):
        async with face.inside(face.pool()) as pool:
            held, idle = await face.take(pool), await face.take(pool)
            pool.release(idle)
            pool.invalidate()
            await face.settle()
            assert face.factory.closed == [1]
            pool.release(held)
            await face.settle()
            assert face.factory.closed == [0, 1]
            assert await use(face, pool) == [2]
            assert (pool.stats().generation, pool.stats().closed) == (1, (("invalidated", 2),))

    face.run(body)


def test_resize(face):
    """More may be made at once; what is too much is closed as it comes back."""

    async def body(face):
        async with face.inside(face.pool(max_size=1)) as pool:
            pool.resize(max_size=3)
            items = [await face.take(pool) for _ in range(3)]
            pool.resize(max_size=1)
            assert pool.stats().size == 3
            for item in items:
                pool.release(item)
            await face.settle()
            assert (pool.stats().size, pool.stats().max_size, len(face.factory.closed)) == (1, 1, 2)
            with pytest.raises(BindingError, match="min_size=2 is more than max_size=1"):
                pool.resize(min_size=2)

    face.run(body)


def test_drain(face):
    """Nothing is lent any more, and everything waited for; then it may lend again."""

    async def body(face):
        async with face.inside(face.pool()) as pool:
            item = await face.take(pool)
            assert await face.drain(pool, 0.001) is False
            with pytest.raises(ContainerClosedError, match="is draining"):
                await face.take(pool)
            pool.release(item)
            assert await face.drain(pool, 0.001) is True
            pool.resume()
            assert await use(face, pool) == [0]

    face.run(body)


def test_a_late_borrower(face, caplog):
    """It is told of once, with the code that borrowed the item: to the observers and `on_late`, else in the log."""

    async def body(face):
        clock, seen, told = Clock(), [], []
        options = {"late_after_s": 5.0, "clock": clock, "name": "db"}
        async with face.inside(face.pool(on_late=told.append, **options)) as pool:
            pool.observe(seen.append)
            item = await face.take(pool)
            clock.now = 4.0
            assert pool.look_after() == 1.0
            clock.now = 6.0
            pool.look_after()
            pool.look_after()
            pool.release(item)
            late = [event for event in seen if isinstance(event, BorrowerLate)]
            assert [(event.pool, event.held_s) for event in late] == [("the pool 'db'", 6.0)]
            assert any("test_items.py" in line for line in late[0].borrowed_at)
            assert [borrower.held_s for borrower in told] == [6.0]
            assert pool.stats().n_late == 1
        async with face.inside(face.pool(**options)) as pool:
            item = await face.take(pool)
            clock.now += 10.0
            with caplog.at_level(logging.WARNING, "tenure.pool"):
                pool.look_after()
            pool.release(item)
            assert "has had an item for 10 s" in caplog.text
            assert "test_items.py" in caplog.text

    face.run(body)


def test_an_on_late_that_raises(face, monkeypatch):
    """L29: it goes to `sys.unraisablehook`, and the other borrowers that are late are told of all the same."""
    told, errors = [], []
    monkeypatch.setattr(sys, "unraisablehook", lambda it: errors.append((str(it.exc_value), it.err_msg)))

    def tell(borrower):
        told.append(borrower.held_s)
        raise ValueError("no mail server")

    async def body(face):
        clock = Clock()
        pool = face.pool(on_late=tell, late_after_s=5.0, clock=clock, name="db", max_size=2)
        async with face.inside(pool):
            items = [await face.take(pool), await face.take(pool)]
            clock.now = 6.0
            assert pool.look_after() > 0
            for item in items:
                pool.release(item)

    face.run(body)

    assert told == [6.0, 6.0]
    assert errors == [("no mail server", "on_late of the pool 'db' failed")] * 2


def test_observers(face):
    """Items are told of as resources are, in the scope "pool"; who has to wait for one as well."""

    async def body(face):
        seen = []
        pool = face.pool(name="db", max_size=1)
        end = pool.observe(seen.append)
        async with face.inside(pool):
            await use(face, pool)
            item = await face.take(pool)
            with pytest.raises(TimeoutError):
                await face.take(pool, 0.001)
            pool.release(item)
        kinds = [type(event) for event in seen]
        assert [kinds.count(kind) for kind in (Opened, Closed)] == [1, 1]
        assert next(event.scope for event in seen if isinstance(event, Opened)) == "pool"
        waited = [event for event in seen if isinstance(event, BorrowerWaited)]
        assert type(waited[-1].error).__name__ == "PoolExhaustedError"
        n_seen = len(seen)
        end()
        async with face.inside(pool):
            await use(face, pool)
        assert len(seen) == n_seen

    face.run(body)


def test_statistics(face):
    """Counts, and durations in seconds, counted in buckets."""

    async def body(face):
        clock = Clock()
        pool = face.pool(clock=clock, max_size=4, min_size=1)
        assert (pool.stats().state, pool.stats().size) == ("new", 0)
        async with face.inside(pool):
            item = await face.take(pool)
            other = await face.take(pool)
            clock.now = 0.3
            pool.release(item)
            stats = pool.stats()
            counts = stats.n_acquired, stats.n_idle, stats.n_out, stats.size, stats.n_made
            assert counts == (2, 1, 1, 2, 2)
            bucket = stats.use_s.bounds_s.index(0.5)
            assert (stats.use_s.counts[bucket], stats.use_s.n, stats.use_s.mean_s) == (1, 1, 0.3)
            assert stats.make_s.n == 2
            with pytest.raises(AttributeError):
                stats.n_idle = 3
            pool.release(other)
        assert (pool.stats().state, pool.stats().n_closed, pool.stats().n_acquired) == ("closed", 2, 2)

    face.run(body)


def test_fewer_and_more_again(face):
    """`min_idle` is kept to again as soon as there is room for it."""

    async def body(face):
        async with face.inside(face.pool(max_size=4, min_idle=3)) as pool:
            pool.resize(max_size=1)
            pool.look_after()
            await face.settle()
            assert pool.stats().n_idle == 1
            pool.resize(max_size=4)
            pool.look_after()
            await face.settle()
            assert pool.stats().n_idle == 3

    face.run(body)
