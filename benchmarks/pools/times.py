"""How long a loan takes: one connection, one borrower, nobody waits."""

import asyncio
from collections.abc import Iterator
from typing import Any

from benchmarks.case import Case
from benchmarks.pools.adapters import (
    Adapter,
    Asyncpg,
    Connpool,
    ConnpoolThreads,
    Psycopg,
    PsycopgThreads,
    SQLAlchemy,
    TenureLoop,
    TenureThreads,
)  # fmt: skip
from benchmarks.timing import Effort, Measured, Timer, round_robin

ALL_ON: dict[str, Any] = {
    "check": lambda _: True, "reset": lambda _: None, "max_uses": 10**9, "max_waiting": 100, "late_after_s": 3600,
    "discard": OSError,
}  # fmt: skip
"""Every option of Tenure's that has something to do for each loan."""
HAND_LOOP = "pool.release(await pool.atake())"
HAND_THREADS = "pool.release(pool.take())"

Row = tuple[type[Adapter], str, str, dict[str, Any]]

BY_HAND_LOOP: tuple[Row, ...] = (
    (TenureLoop, "Tenure", HAND_LOOP, {}),
    (TenureLoop, "Tenure, all on", HAND_LOOP, ALL_ON),
    (Psycopg, "psycopg_pool", "await pool.putconn(await pool.getconn())", {}),
    (Asyncpg, "asyncpg", "await pool.release(await pool.acquire())", {}),
    (Connpool, "connpool", "await pool.release(await pool.acquire())", {}),
)
WITH_LOOP: tuple[Row, ...] = (
    (TenureLoop, "Tenure", "async with pool.acquire(): pass", {}),
    (TenureLoop, "Tenure, all on", "async with pool.acquire(): pass", ALL_ON),
    (Asyncpg, "asyncpg", "async with pool.acquire(): pass", {}),
    (Connpool, "connpool", "async with pool.connection(): pass", {}),
)
BY_HAND_THREADS: tuple[Row, ...] = (
    (TenureThreads, "Tenure", HAND_THREADS, {}),
    (TenureThreads, "Tenure, all on", HAND_THREADS, ALL_ON),
    (PsycopgThreads, "psycopg_pool", "pool.putconn(pool.getconn())", {}),
    (SQLAlchemy, "SQLAlchemy QueuePool", "pool.connect().close()", {}),
    (ConnpoolThreads, "connpool", "pool.release(pool.acquire())", {}),
)
WITH_THREADS: tuple[Row, ...] = (
    (TenureThreads, "Tenure", "with pool.acquire(): pass", {}),
    (TenureThreads, "Tenure, all on", "with pool.acquire(): pass", ALL_ON),
    (ConnpoolThreads, "connpool", "with pool.connection(): pass", {}),
)
ROWS = {
    "by hand, on a loop": BY_HAND_LOOP,
    "`async with`": WITH_LOOP,
    "by hand, on threads": BY_HAND_THREADS,
    "`with`": WITH_THREADS,
}


def _one_by_one(adapter: type[Adapter], statement: str) -> tuple[Row, ...]:
    alone = tuple((adapter, f"`{name}`", statement, {name: value}) for name, value in ALL_ON.items())
    return (adapter, "Tenure", statement, {}), *alone, (adapter, "all on", statement, ALL_ON)


OPTIONS = {
    "one option, on a loop": _one_by_one(TenureLoop, HAND_LOOP),
    "one option, on threads": _one_by_one(TenureThreads, HAND_THREADS),
}


def measured(rows: tuple[Row, ...], effort: Effort) -> dict[str, Measured]:
    """Time *rows* in turns."""
    with asyncio.Runner() as runner:
        timers, adapters = {}, []
        for adapter, title, statement, options in _opened(rows, runner):
            adapters.append(adapter)
            names = {"pool": adapter.pool}
            timers[title] = Timer(Case(statement, names), runner if adapter.is_async else None)
            del options
        found = round_robin(timers, "Tenure", effort)
        for adapter in adapters:
            runner.run(adapter.close())
        return found


def _opened(rows: tuple[Row, ...], runner: asyncio.Runner) -> Iterator[tuple[Adapter, str, str, dict[str, Any]]]:
    for cls, title, statement, options in rows:
        if not cls.is_installed():
            continue
        adapter = cls()
        runner.run(adapter.open(max_size=2, **options))
        yield adapter, title, statement, options
