"""
What a pool can do: each feature is a program that tries it, on connections to a server that counts.

A trial says by returning False that a pool does something else, by `NotOfferedError` that it has no such thing.
"""

import asyncio
import logging
import os
import sys
from collections.abc import Awaitable, Callable
from typing import Any

from benchmarks.case import NotOfferedError
from benchmarks.pools.adapters import Adapter

Trial = Callable[[Adapter], Awaitable[bool]]
TRIALS: dict[str, Trial] = {}
"""Trials by what is tried, in the order of the table."""
_SHORT_S = 0.05


def tries(title: str) -> Callable[[Trial], Trial]:
    """Enter a trial into the table."""

    def enter(trial: Trial) -> Trial:
        TRIALS[title] = trial
        return trial

    return enter


async def use(adapter: Adapter, n: int = 1) -> list[int]:
    """Borrow *n* connections at a time and give them back; return their numbers."""
    connections = [await adapter.take(2) for _ in range(n)]
    numbers = [adapter.server.number(each) for each in connections]
    for each in connections:
        await adapter.release(each)
    await asyncio.sleep(0.01)
    return numbers


async def soon(is_so: Callable[[], bool], seconds: float = 1.0) -> bool:
    """Wait until *is_so*, at most *seconds*; return whether it is."""
    for _ in range(int(seconds / 0.01)):
        if is_so():
            return True
        await asyncio.sleep(0.01)
    return is_so()


async def refused(adapter: Adapter, timeout_s: float = _SHORT_S) -> Exception | None:
    """Return the error of one who finds nothing left, None where something was lent."""
    try:
        await adapter.take(timeout_s)
    except Exception as error:  # noqa: BLE001 - each library has its own
        return error
    return None


@tries("never more than so many, also while making fails")
async def bounded(adapter: Adapter) -> bool:
    adapter.server.delay_s = 0.001
    await adapter.open(max_size=2)
    adapter.server.fails = 1
    jobs = [adapter.start(lambda: use(adapter)) for _ in range(6)]
    for job in jobs:
        try:
            await job()
        except Exception:  # noqa: BLE001 - the one whose opening failed
            continue
    return adapter.server.most <= 2


@tries("who waits longest is served first")
async def fair(adapter: Adapter) -> bool:
    await adapter.open(max_size=1)
    first, order, jobs = await adapter.take(1), [], []

    def borrower(number: int) -> Callable[[], Any]:
        async def borrow() -> None:
            connection = await adapter.take(2)
            order.append(number)
            await adapter.release(connection)

        return borrow

    for number in range(4):
        jobs.append(adapter.start(borrower(number)))
        await asyncio.sleep(0.005 if adapter.is_async else 0.01)
    await adapter.release(first)
    for job in jobs:
        await job()
    return order == [0, 1, 2, 3]


@tries("a borrower cancelled as it is served loses nothing")
async def cancelled(adapter: Adapter) -> bool:
    if not adapter.is_async:
        raise NotOfferedError("no tasks")
    await adapter.open(max_size=1)
    first = await adapter.take(1)
    job = adapter.start(lambda: adapter.take(2))
    await asyncio.sleep(0.01)
    giving_back = asyncio.ensure_future(adapter.release(first))
    await asyncio.sleep(0)
    job.cancel()  # type: ignore[attr-defined]  # of tasks
    await giving_back
    try:
        connection = await job()
    except asyncio.CancelledError:
        connection = await adapter.take(0.5)
    return adapter.server.number(connection) == 0


@tries("giving back suspends nowhere, as in a `finally` that is cancelled")
async def sync_release(adapter: Adapter) -> bool:
    await adapter.open(max_size=1)
    connection = await adapter.take(1)
    giving_back = adapter.release(connection)
    try:
        giving_back.send(None)  # type: ignore[attr-defined]  # a coroutine
    except StopIteration:
        return await refused(adapter, 0.5) is None
    except Exception:  # noqa: BLE001 - it has to wait for something
        return False
    giving_back.close()  # type: ignore[attr-defined]  # a coroutine
    return False


@tries("a limit to how many wait")
async def waiting(adapter: Adapter) -> bool:
    await adapter.open(max_size=1, max_waiting=1)
    connection = await adapter.take(1)
    job = adapter.start(lambda: use(adapter))
    await asyncio.sleep(0.03)
    began = asyncio.get_running_loop().time()
    error = await refused(adapter, 5)
    at_once = asyncio.get_running_loop().time() - began < 2
    await adapter.release(connection)
    await job()
    return error is not None and at_once


@tries("a timeout tells who has everything")
async def telling(adapter: Adapter) -> bool:
    await adapter.open(max_size=1)
    connection = await adapter.take(1)
    error = await refused(adapter)
    await adapter.release(connection)
    if error is None or "adapters.py" not in str(error):
        raise NotOfferedError("the error names no borrower")
    return True


@tries("the item used last is lent first")
async def lifo(adapter: Adapter) -> bool:
    await adapter.open(lifo=True) if "lifo" in adapter.options else await adapter.open()
    await use(adapter, 3)
    found = await use(adapter)
    return found == [2]


@tries("the item idle longest is lent first")
async def fifo(adapter: Adapter) -> bool:
    await adapter.open(lifo=False) if "lifo" in adapter.options else await adapter.open()
    await use(adapter, 3)
    found = await use(adapter)
    return found == [0]


@tries("a greatest age")
async def lifetime(adapter: Adapter) -> bool:
    await adapter.open(max_lifetime_s=_SHORT_S)
    await use(adapter)
    await asyncio.sleep(2 * _SHORT_S)
    await use(adapter)
    return (await use(adapter))[0] > 0


@tries("ages spread at random")
async def jitter(adapter: Adapter) -> bool:
    await adapter.open(max_lifetime_s=100.0, jitter=0.5)
    return (await use(adapter)) == [0]


@tries("a greatest number of loans")
async def uses(adapter: Adapter) -> bool:
    if adapter.options.get("max_uses") == "max_queries":
        raise NotOfferedError("of queries, not of loans")
    await adapter.open(max_uses=2)
    return [*await use(adapter), *await use(adapter), *await use(adapter)] == [0, 0, 1]


@tries("what is idle for long is closed")
async def idle(adapter: Adapter) -> bool:
    await adapter.open(max_idle_s=_SHORT_S)
    await use(adapter, 3)
    return await soon(lambda: adapter.server.alive == 0)


@tries("a check before lending; the borrower of a dead one gets another")
async def check(adapter: Adapter) -> bool:
    await adapter.open(check=adapter.server.check, max_size=2, **_checked_at_once(adapter))
    await use(adapter)
    adapter.server.bad.add(0)
    await asyncio.sleep(0.01)
    return (await use(adapter)) == [1]


def _checked_at_once(adapter: Adapter) -> dict[str, Any]:
    return {"check_after_s": 0} if "check_after_s" in adapter.options else {}


@tries("no check while an item is fresh")
async def fresh(adapter: Adapter) -> bool:
    await adapter.open(check=adapter.server.check, check_after_s=60)
    await use(adapter)
    await use(adapter)
    return adapter.server.n_checks == 0


@tries("a reset on return; what it fails on is closed")
async def reset(adapter: Adapter) -> bool:
    await adapter.open(reset=adapter.server.reset, max_size=1)
    await use(adapter)
    adapter.server.bad.add(0)
    try:
        await use(adapter)
    except ConnectionResetError:
        return False
    return adapter.server.n_resets >= 2 and (await use(adapter)) == [1]


@tries("so many are made when it opens")
async def filled(adapter: Adapter) -> bool:
    await adapter.open(min_size=2)
    return await soon(lambda: adapter.server.alive == 2)


@tries("so many idle ones are kept ready")
async def ready(adapter: Adapter) -> bool:
    await adapter.open(min_idle=2, max_size=3)
    connection = await adapter.take(1)
    is_ready = await soon(lambda: adapter.server.alive == 3)
    await adapter.release(connection)
    return is_ready


async def heard(adapter: Adapter, word: str) -> bool:
    """Tell whether a late borrower is logged with a text in which *word* stands."""
    told: list[str] = []
    handler = logging.Handler()
    handler.emit = lambda record: told.append(  # type: ignore[method-assign]
        f"{record.getMessage()} {record.exc_info} {record.stack_info}"
    )
    logging.getLogger().addHandler(handler)
    try:
        await adapter.open(late_after_s=0.03)
        connection = await adapter.take(1)
        is_told = await soon(lambda: any(word in text for text in told))
        await adapter.release(connection)
    finally:
        logging.getLogger().removeHandler(handler)
    return is_told


@tries("late borrowers are reported")
async def late(adapter: Adapter) -> bool:
    return await heard(adapter, "pool")


@tries("... with the stack that borrowed")
async def late_where(adapter: Adapter) -> bool:
    return await heard(adapter, "adapters.py")


@tries("statistics")
async def counted(adapter: Adapter) -> bool:
    await adapter.open()
    await use(adapter)
    return bool(await adapter.call("stats"))


@tries("statistics with histograms or percentiles of durations")
async def timed(adapter: Adapter) -> bool:
    await adapter.open()
    await use(adapter)
    text = repr(await adapter.call("stats"))
    if not any(word in text for word in ("counts=", "p95", "p99")):
        raise NotOfferedError("sums at most")
    return True


@tries("another size while it runs")
async def resized(adapter: Adapter) -> bool:
    await adapter.open(max_size=1)
    await adapter.call("resize", max_size=2)
    return len(set(await use(adapter, 2))) == 2


@tries("everything replaced on demand")
async def invalidated(adapter: Adapter) -> bool:
    await adapter.open()
    await use(adapter)
    await adapter.call("invalidate")
    await asyncio.sleep(0.02)
    return (await use(adapter))[0] > 0


@tries("drained: lends no more, and everything is waited for")
async def drained(adapter: Adapter) -> bool:
    await adapter.open()
    await use(adapter)
    await adapter.call("drain")
    return await refused(adapter) is not None


@tries("no connection crosses a fork")
async def forked(adapter: Adapter) -> bool:
    if adapter.is_async:
        raise NotOfferedError("a loop crosses none")
    await adapter.open()
    await use(adapter)
    child = os.fork()
    if not child:
        status = 1
        try:
            connection = _taken_sync(adapter)
            status = int(adapter.server.number(connection) == 0)
        finally:
            os._exit(status)
    return await asyncio.to_thread(os.waitpid, child, 0) == (child, 0)


def _taken_sync(adapter: Adapter) -> Any:
    """Borrow without a loop: the child has none."""
    for name in ("take", "getconn", "acquire", "connect"):
        method = getattr(adapter.pool, name, None)
        if method is not None and not (name == "acquire" and hasattr(adapter.pool, "take")):
            taken = method()
            return getattr(taken, "dbapi_connection", taken)
    raise AssertionError("no way to borrow")


@tries("closing waits for what is out, then says who has it")
async def closing(adapter: Adapter) -> bool:
    await adapter.open(close_timeout_s=_SHORT_S)
    await adapter.take(1)
    try:
        await adapter.close()
    except Exception as error:  # noqa: BLE001 - each library has its own
        return "adapters.py" in str(error)
    return False


@tries("every connection is closed exactly once")
async def closed_once(adapter: Adapter) -> bool:
    await adapter.open(max_size=3)
    await use(adapter, 3)
    await adapter.close()
    await adapter.close()
    await asyncio.sleep(0.02)
    return [each.n_closed for each in adapter.server.opened] == [1, 1, 1]


@tries("given back twice is refused")
async def twice(adapter: Adapter) -> bool:
    await adapter.open(max_size=2)
    connection = await adapter.take(1)
    await adapter.release(connection)
    try:
        await adapter.release(connection)
    except Exception:  # noqa: BLE001 - each library has its own
        return True
    return False


async def verdict(cls: type[Adapter], trial: Trial) -> str:
    """Try one feature of one pool; return "yes", "no", or what it does instead."""
    adapter = cls()
    try:
        async with asyncio.timeout(20):
            return "yes" if await trial(adapter) else "no"
    except NotOfferedError as error:
        return "-" if str(error) in ("no tasks", "a loop crosses none") else "no"
    except TimeoutError:
        return "hangs"
    except Exception as error:  # noqa: BLE001 - each library has its own
        print(f"{cls.title}: {trial.__name__}: {error!r}", file=sys.stderr)
        return f"no ({type(error).__name__})"
    finally:
        await _ended(adapter)


async def _ended(adapter: Adapter) -> None:
    if adapter.pool is None:
        return
    try:
        async with asyncio.timeout(5):
            await adapter.close()
    except Exception:  # noqa: BLE001 - what a trial left behind is nobody's business
        return
