"""
Process pools: `concurrent.futures`, `multiprocessing`, loky and joblib, whatever starts their processes.

`init_worker` is the initializer of each worker process. All of these pools end their workers by running what
`multiprocessing.util.Finalize` was told, which `atexit` is not good for: forked workers leave without it.
"""

import multiprocessing
import os
import signal
import sys
import threading
from multiprocessing.util import Finalize
from typing import Any

from tenure.away import ContainerRef
from tenure.injection import Inject

__all__ = ["ContainerRef", "Inject", "init_worker"]

_CLOSES_FIRST = 100
"""Priority of the closing among what a process does when it ends; the queues of pools have 10 and less."""
_closings: "dict[tuple[int, ContainerRef], Finalize[Any]]" = {}
"""What closes, by process and reference: a forked child finds that of its parent, which does nothing there."""


def init_worker(ref: ContainerRef) -> None:
    """
    Start the container of this worker process, and have it closed when the process ends: the initializer of a pool.

    `ProcessPoolExecutor(initializer=init_worker, initargs=(ref,))`, and likewise for the others. Asynchronous resources
    live on an event loop on a thread of its own. Nobody closes what a killed process had (SIGKILL; SIGTERM also, save
    in workers of `multiprocessing.Pool`, which leave in order, because `terminate` and `with Pool(...)` send it).

    Args:
        ref: where the container is.

    Raises:
        GraphError: what functions under `ref.inject` ask for is not bound, or the container is wrong in itself.
        ContainerRefError: *ref* leads nowhere in this process.
        BaseException: the first failure of an opening; what had been opened is closed again. Executors are broken by
            it, and log it. A `multiprocessing.Pool` would replace the worker for ever: there the worker stays, and
            each call under `ref.inject` tries to start the container, and raises what that raises.
    """
    is_of_pool = "PoolWorker" in multiprocessing.current_process().name  # as `multiprocessing.pool` calls them
    if is_of_pool:
        _leave_in_order()
    place = os.getpid(), ref
    if place not in _closings or not _closings[place].still_active():
        _closings[place] = Finalize(None, _close, (ref,), exitpriority=_CLOSES_FIRST)
    try:
        ref.start_sync()
    except Exception:
        if not is_of_pool:
            raise
        ref.start_at_call()


def _close(ref: ContainerRef) -> None:
    if signal.getsignal(signal.SIGTERM) is _leave:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)  # it is leaving
    ref.close()


def _leave_in_order() -> None:
    """Have SIGTERM raise SystemExit here: what is at work sees it, and the process runs its finalizers."""
    is_main = threading.current_thread() is threading.main_thread()
    if is_main and signal.getsignal(signal.SIGTERM) is signal.SIG_DFL:
        signal.signal(signal.SIGTERM, _leave)


def _leave(number: int, _: Any) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)  # once is enough: closing is not to be interrupted
    sys.exit(128 + number)
