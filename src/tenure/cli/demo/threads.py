"""
Threads for what would block the event loop: SQLite, files, key derivation.

A standard library class that Tenure closes by the name of its closing method (see `wiring.py`).
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import Executor, ThreadPoolExecutor
from threading import Barrier
from typing import ParamSpec, TypeVar

from tenure.cli.demo.settings import Settings

T = TypeVar("T")
P = ParamSpec("P")


def start_threads(settings: Settings) -> ThreadPoolExecutor:
    """Return an executor whose threads all run already, so that no request waits for one to start."""
    n = settings.n_threads
    threads = ThreadPoolExecutor(n, thread_name_prefix="demo")
    together = Barrier(n)  # an executor starts a thread only when all others are busy
    for call in [threads.submit(together.wait) for _ in range(n)]:
        call.result()
    return threads


async def call_in_thread(threads: Executor, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """
    Return what *function* returns, called on one of *threads*.

    A cancellation is raised only once the call is over: a thread cannot be stopped, and what it works on (a
    connection, a file) must not be used or closed beside it.
    """
    future = asyncio.get_running_loop().run_in_executor(threads, lambda: function(*args, **kwargs))
    try:
        return await asyncio.shield(future)
    except asyncio.CancelledError:
        while not future.done():
            try:
                await asyncio.wait([future])
            except asyncio.CancelledError:
                continue  # one is enough: the first is raised below
        if not future.cancelled():
            future.exception()  # looked at, so that asyncio does not report it as forgotten
        raise
