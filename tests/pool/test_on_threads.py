"""What only threads have: real contention, Ctrl-C, forks, a loop that must not be blocked."""

import asyncio
import gc
import os
import subprocess
import sys
import threading
import weakref

import pytest
from pool_support import Factory

from tenure.errors import AsyncInSyncError, ContainerClosedError, PoolExhaustedError
from tenure.pool import Pool


def test_many_threads():
    """No item is lent twice at a time or lost, never more than `max_size`, each closed once."""
    factory, taken, errors = Factory(), set(), []
    alive = most = 0
    guard = threading.Lock()

    def make():
        nonlocal alive, most
        with guard:
            alive += 1
            most = max(most, alive)
        yield from factory.sync()
        with guard:
            alive -= 1

    def work(pool, seed):
        try:
            for number in range(60):
                try:
                    with pool.acquire(timeout_s=None if number % 3 else 0.0001) as item:
                        assert item not in taken, "lent twice"
                        taken.add(item)
                        taken.remove(item)
                        if (number + seed) % 10 == 0:
                            raise KeyError
                except (KeyError, PoolExhaustedError):
                    continue
        except BaseException as error:
            errors.append(error)

    switching = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with Pool(make, max_size=3, max_uses=7, discard=KeyError) as pool:
            threads = [threading.Thread(target=work, args=(pool, seed)) for seed in range(6)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            assert pool.stats().n_out == pool.stats().n_waiting == 0
    finally:
        sys.setswitchinterval(switching)

    assert errors == []
    assert most <= 3
    assert all(item.closed == 1 for item in factory.items)


def waiting(pool, n):
    while pool.stats().n_waiting < n:
        pass


def test_first_come_first_served():
    """Whoever waits longest gets what comes back."""
    order = []
    with Pool(Factory().sync, max_size=1) as pool:
        item = pool.take()

        def borrow(number):
            with pool.acquire():
                order.append(number)

        threads = []
        for number in range(4):
            threads.append(threading.Thread(target=borrow, args=(number,)))
            threads[-1].start()
            waiting(pool, number + 1)
        pool.release(item)
        for thread in threads:
            thread.join()

    assert order == [0, 1, 2, 3]


def test_a_failure_makes_room_for_the_next():
    """Where making fails, whoever waits next makes one; nobody waits for ever."""
    factory, entered, go_on = Factory(), threading.Event(), threading.Event()

    def make():
        if not factory.n_tried:
            entered.set()
            go_on.wait()
            factory.fail = 1
        yield from factory.sync()

    found = []

    def borrow(pool):
        try:
            with pool.acquire() as item:
                found.append(item.number)
        except OSError as error:
            found.append(str(error))

    with Pool(make, max_size=1) as pool:
        threads = [threading.Thread(target=borrow, args=(pool,)) for _ in range(3)]
        threads[0].start()
        entered.wait()
        for thread in threads[1:]:
            thread.start()
        waiting(pool, 2)
        go_on.set()
        for thread in threads:
            thread.join()

    assert sorted(found, key=str) == [0, 0, "no connection"]


def test_max_waiting():
    """Not more than so many wait; with 0 nobody does."""
    with Pool(Factory().sync, max_size=1, max_waiting=0) as pool, pool.acquire():
        with pytest.raises(PoolExhaustedError, match="0 wait already"):
            pool.take()


def test_a_close_wakes_everybody():
    """Who waits gets an error."""
    pool = Pool(Factory().sync, max_size=1)
    pool.open()
    item, errors = pool.take(), []

    def borrow():
        try:
            pool.take()
        except ContainerClosedError as error:
            errors.append(error)

    threads = [threading.Thread(target=borrow) for _ in range(3)]
    for thread in threads:
        thread.start()
    waiting(pool, 3)
    closing = threading.Thread(target=pool.close)
    closing.start()
    for thread in threads:
        thread.join()
    assert len(errors) == 3
    pool.release(item)
    closing.join()
    assert item.closed == 1


def test_waiting_would_stop_the_loop():
    """A pool for threads lends on an event loop, but nobody waits there: who has the items may need the loop."""

    async def main():
        with Pool(Factory().sync, max_size=1) as pool, pool.acquire():
            with pytest.raises(PoolExhaustedError, match="would stop the event loop"):
                pool.take()
            assert pool.stats().n_waiting == 0
            with pytest.raises(TypeError, match="is for threads and cannot be awaited"):
                await pool.acquire()

    asyncio.run(main())


def test_an_asynchronous_pool_is_not_for_threads():
    """It says how it is used, before anything is touched."""
    pool = Pool(Factory().asynchronous)
    for misuse in (pool.open, pool.close, pool.take, pool.drain):
        with pytest.raises(AsyncInSyncError, match="is asynchronous"):
            misuse()


def test_ctrl_c_while_waiting():
    """It gets through; the one who waited waits no longer, and nothing is lost."""
    with Pool(Factory().sync, max_size=1) as pool:
        item = pool.take()
        main = threading.main_thread().ident

        def interrupt():
            waiting(pool, 1)
            import signal

            signal.pthread_kill(main, signal.SIGINT)

        thread = threading.Thread(target=interrupt)
        thread.start()
        with pytest.raises(KeyboardInterrupt):
            pool.take(timeout_s=30)
        thread.join()
        assert pool.stats().n_waiting == 0
        pool.release(item)
        assert pool.take(timeout_s=1) is item
        pool.release(item)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no forks here")
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_an_item_never_crosses_a_fork():
    """The child makes its own, and neither uses nor closes those of its parent; it may give one back in vain."""
    factory = Factory()
    with Pool(factory.sync, max_size=2) as pool:
        held = pool.take()
        pool.release(idle := pool.take())
        child = os.fork()
        if not child:
            status = 1
            try:
                pool.release(held)
                with pool.acquire() as item:
                    is_new = item not in (held, idle) and pool.stats().size == 1
                pool.close()
                status = 0 if is_new and item.closed and not (held.closed or idle.closed) else 2
            finally:
                os._exit(status)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
        assert pool.stats().size == 2
        pool.release(held)

    assert factory.closed == [0, 1]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no forks here")
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_an_item_of_the_parent_after_another_opening():
    """The child that closes the pool and opens it again still neither closes nor misses what its parent has."""
    factory = Factory()
    with Pool(factory.sync) as pool:
        held = pool.take()
        child = os.fork()
        if not child:
            status = 1
            try:
                for _ in range(2):
                    pool.close()
                    pool.open()
                gc.collect()
                pool.release(held)
                status = 2 if held.closed else 0
            finally:
                os._exit(status)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
        pool.release(held)

    assert factory.closed == [0]


def test_the_keeper_does_what_is_due():
    """In the background, woken where something is missing."""
    factory, closed = Factory(), threading.Event()

    def make():
        yield from factory.sync()
        closed.set()

    with Pool(make, max_idle_s=0.01, jitter=0) as pool:
        with pool.acquire():
            pass
        assert closed.wait(30)
        assert pool.stats().closed == (("max_idle", 1),)


def test_a_reset_that_gives_something_to_await(monkeypatch):
    """Nothing awaits it here: the item is closed, counted among those that failed, and the mistake is told."""

    class Answer:
        def __await__(self):
            yield

    told = []
    monkeypatch.setattr(sys, "unraisablehook", lambda it: told.append(str(it.exc_value)))
    with Pool(Factory().sync, reset=lambda _: Answer()) as pool:
        pool.release(pool.take())
        assert (pool.stats().n_bad_resets, pool.stats().closed) == (1, (("reset", 1),))

    assert told == ["reset= of the pool of Factory.sync gave something to await, and nothing awaits it here"]


@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_a_forgotten_pool_is_let_go():
    """Its keeper does not keep it."""
    pool = Pool(Factory().sync)
    pool.open()
    pool.release(pool.take())
    life = weakref.ref(pool.life)
    keeper = next(thread for thread in threading.enumerate() if thread.name.startswith("tenure keeper"))
    pool.life.kick.set()
    kick = pool.life.kick
    del pool
    while life() is not None:
        gc.collect()
        kick.set()
    kick.set()
    keeper.join()
    assert not keeper.is_alive()


def test_a_forgotten_pool_is_told_of_and_closed():
    """Where nobody refers to it any more."""
    factory = Factory()
    pool = Pool(factory.sync, background=False, name="db")
    pool.open()
    pool.release(pool.take())

    holder = [pool]
    del pool
    with pytest.warns(ResourceWarning, match=r"the pool 'db' was never closed; it was opened at .*test_on_threads.py"):
        holder.clear()
    gc.collect()

    assert factory.closed == [0]


def test_a_program_that_forgets_its_pool(tmp_path):
    """At its end the items are closed all the same."""
    program = (
        "from tenure import Pool\n"
        "def connect():\n    yield 1\n    print('closed')\n"
        "pool = Pool(connect)\npool.open()\npool.release(pool.take())\n"
    )
    (tmp_path / "app.py").write_text(program)
    done = subprocess.run(
        [sys.executable, "-W", "always", "app.py"], capture_output=True, text=True, cwd=tmp_path, check=False
    )

    assert (done.stdout, done.returncode) == ("closed\n", 0)
    assert "ResourceWarning: the pool of connect was never closed; it was opened at" in done.stderr


def test_who_has_something_is_told_while_others_borrow():
    """Nobody changes what is being looked at: the lock is held."""

    class Watched(dict):
        def values(self):
            seen.append(pool.life.lock._is_owned())
            return super().values()

    seen = []
    with Pool(Factory().sync, max_size=1, max_waiting=0) as pool, pool.acquire():
        pool.life.core.entries = Watched(pool.life.core.entries)
        assert len(pool.borrowers()) == 1
        with pytest.raises(PoolExhaustedError):
            pool.take()

    assert seen
    assert all(seen)
