"""What makes an item: everything that Tenure counts as a resource, opened and closed as it is elsewhere."""

import asyncio
import contextlib
import functools
import io
import sqlite3
import threading
from collections.abc import AsyncIterator, Iterator

import pytest

from tenure import Pool, resource
from tenure.errors import UnforeseenAwaitError

log = []


@pytest.fixture(autouse=True)
def empty_log():
    log.clear()


class Plain:
    def stop(self):
        log.append("closed")


class Methods(Plain):
    def initialize(self):
        log.append("opened")

    def dispose(self):
        log.append("closed")


class Context(Plain):
    def __enter__(self):
        log.append("opened")
        return self

    def __exit__(self, *_):
        log.append("closed")


class AsyncMethods:
    async def initialize(self):
        await asyncio.sleep(0)
        log.append("opened")

    async def dispose(self):
        await asyncio.sleep(0)
        log.append("closed")


class AsyncContext:
    async def __aenter__(self):
        log.append("opened")
        return self

    async def __aexit__(self, *_):
        log.append("closed")


def generator():
    log.append("opened")
    yield Plain()
    log.append("closed")


async def async_generator():
    log.append("opened")
    yield Plain()
    log.append("closed")


@contextlib.contextmanager
def manager() -> Iterator[Plain]:
    log.append("opened")
    yield Plain()
    log.append("closed")


@contextlib.asynccontextmanager
async def async_manager() -> AsyncIterator[Plain]:
    log.append("opened")
    yield Plain()
    log.append("closed")


def annotated() -> contextlib.AbstractContextManager[Context]:
    return Context()


def function() -> Methods:
    return Methods()


def made(port):
    log.append("opened")
    yield port


@resource(close="stop")
def declared() -> Plain:
    log.append("opened")
    return Plain()


async def coroutine():
    log.append("opened")
    return Plain()


SYNC = [
    generator, manager, annotated, function, Methods, Context, declared, functools.partial(generator),
    lambda: Context(),
]  # fmt: skip
ASYNC = [async_generator, async_manager, AsyncMethods, AsyncContext]


@pytest.mark.parametrize("factory", SYNC, ids=lambda f: getattr(f, "__qualname__", "partial"))
def test_for_threads(factory):
    """Opened once, closed once."""
    with Pool(factory) as pool:
        for _ in range(2):
            with pool.acquire() as item:
                assert isinstance(item, Plain)
        assert log == ["opened"]

    assert log == ["opened", "closed"]


@pytest.mark.parametrize("factory", ASYNC, ids=lambda f: f.__qualname__)
def test_for_a_loop(factory):
    """The same, and the pool knows that a loop has to serve it."""

    async def main():
        async with Pool(factory) as pool:
            for _ in range(2):
                async with pool.acquire():
                    pass
            assert log == ["opened"]

    assert Pool(factory).is_async
    asyncio.run(main())
    assert log == ["opened", "closed"]


def test_a_coroutine_function_with_close():
    """As `await connect()` of most clients."""

    async def main():
        async with Pool(coroutine, close=lambda item: item.stop()) as pool, pool.acquire():
            pass

    asyncio.run(main())
    assert log == ["opened", "closed"]


def test_sqlite():
    """Its `with` only commits: it is closed by `close()`, also where only what is made tells."""
    with Pool(lambda: sqlite3.connect(":memory:", check_same_thread=False)) as pool, pool.acquire() as connection:
        assert connection.execute("select 1").fetchone() == (1,)

    with pytest.raises(sqlite3.ProgrammingError, match="closed"):
        connection.execute("select 1")


def test_a_callable_object():
    """What its `__call__` is counts."""

    class Connect:
        def __call__(self):
            yield from generator()

    with Pool(Connect()) as pool, pool.acquire():
        pass

    assert log == ["opened", "closed"]


def test_arguments():
    """Constants by name."""
    with Pool(made, arguments={"port": io.StringIO("1")}) as pool, pool.acquire() as item:
        assert item.read() == "1"


def test_what_turns_out_to_be_asynchronous():
    """It cannot be awaited on a thread; the error says what to do, and the place is free again."""
    with Pool(lambda: coroutine(), max_size=1) as pool:
        with pytest.raises(UnforeseenAwaitError, match="is_async=True"):
            pool.take()
        assert pool.stats().size == 0

    async def main():
        async with Pool(lambda: coroutine(), is_async=True, close="stop") as pool, pool.acquire() as item:
            assert isinstance(item, Plain)

    asyncio.run(main())
    assert log == ["opened", "closed"]


def test_both_halves_in_one_task():
    """Whoever borrows, an item of a loop is opened and closed by the same task, in the same context."""
    tasks = []

    async def connect():
        tasks.append(asyncio.current_task())
        yield object()
        tasks.append(asyncio.current_task())

    async def main():
        async with Pool(connect) as pool:
            await asyncio.create_task(borrow(pool))

    async def borrow(pool):
        async with pool.acquire():
            pass

    asyncio.run(main())
    assert len(set(tasks)) == 1


def test_an_item_is_closed_where_it_is_found_to_be_bad():
    """On threads, by the thread that finds it, with no lock held."""
    seen = []

    def connect():
        yield object()
        seen.append((threading.get_ident(), pool.life.lock._is_owned()))

    with Pool(connect, reset=lambda _: False) as pool, pool.acquire():
        pass

    assert seen == [(threading.get_ident(), False)]


def test_what_closing_raises(monkeypatch):
    """In the background it goes to `sys.unraisablehook`; during a close it leaves with it."""
    import sys

    told = []
    monkeypatch.setattr(sys, "unraisablehook", lambda it: told.append((it.exc_value, it.err_msg)))

    def connect():
        yield object()
        raise OSError("lost")

    with pytest.raises(ExceptionGroup) as raised:
        with Pool(connect, name="db") as pool:
            one = pool.take()
            pool.release(one)
            pool.invalidate()
            pool.release(pool.take())

    assert [str(error) for error in raised.value.exceptions] == ["lost"]
    assert [(str(error), text) for error, text in told] == [("lost", "an item of the pool 'db' failed to close")]
