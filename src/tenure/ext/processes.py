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
import time
from multiprocessing import util
from multiprocessing.util import Finalize
from types import FrameType
from typing import Any

from tenure.away import ContainerRef
from tenure.injection import Inject
from tenure.lifecycle.interrupts import is_ours, put_off

__all__ = ["ContainerRef", "Inject", "init_worker"]

_CLOSES_FIRST = 100
"""Priority of the closing among what a process does when it ends; the queues of pools have 10 and less."""
_LEAVES = vars(util)["_exit_function"].__code__
"""Runs what `Finalize` was told; an error that is raised in it keeps the rest of that from being done."""
_TURN_S = 0.05
"""How long SIGTERM is given to be seen."""
_heard: list[int] = []
"""The signals that the handler was called for, in this process."""
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
        if hasattr(signal, "pthread_kill"):  # not on Windows, where `terminate` asks nobody
            reader, writer = os.pipe()
            os.set_blocking(writer, False)
            signal.set_wakeup_fd(writer, warn_on_full_buffer=False)
            threading.Thread(target=_repeat, args=(reader,), name="tenure-sigterm", daemon=True).start()


def _repeat(reader: int) -> None:
    """
    Send SIGTERM to the main thread again until its handler is called, which may put it off.

    Python notes a signal and looks at it between bytecodes. One that comes after the last of them before a worker waits
    for work (`sem_wait`) does not interrupt that wait; and the pool, which waits for the worker, sends no other.
    """
    main = threading.main_thread().ident
    assert main is not None, "it runs this module"
    while os.read(reader, 1)[0] != signal.SIGTERM:
        pass
    while not _heard and signal.getsignal(signal.SIGTERM) is _leave:
        signal.pthread_kill(main, signal.SIGTERM)
        time.sleep(_TURN_S)


def _leave(number: int, frame: FrameType | None) -> None:
    """
    Raise SystemExit where that does no harm.

    A pool that is terminated tells its workers to end, and soon after sends SIGTERM, which comes whenever it will:
    1. The process is leaving already: raised there, the error would keep it from closing.
    2. Tenure is opening or closing: what is at work there would be lost, and whoever closes would wait for it.
    """
    _heard.append(number)
    if _is_leaving(frame):
        signal.signal(number, signal.SIG_IGN)
    elif is_ours(frame):
        put_off(number)
    else:
        signal.signal(number, signal.SIG_IGN)  # once is enough: closing is not to be interrupted
        sys.exit(128 + number)


def _is_leaving(frame: FrameType | None) -> bool:
    while frame is not None and frame.f_code is not _LEAVES:
        frame = frame.f_back
    return frame is not None
