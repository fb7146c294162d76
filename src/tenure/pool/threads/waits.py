"""How a thread waits in a pool: in real time, for other threads, and so that Ctrl-C gets through."""

import _thread
import math
import threading
import time
from collections.abc import Callable

from tenure.lifecycle.interrupts import let_through, waits
from tenure.pool.decisions.entry import Waiter

_SLICE_S = 1.0
"""Seconds of one wait: Ctrl-C that comes just before it begins is heard when it ends, and not before (CPython)."""


def waiter_here(since: float) -> Waiter:
    """Return a wait of the running thread, to be waited for by `await_turn`."""
    gate = _thread.allocate_lock()
    gate.acquire()
    return Waiter(gate.release, since, gate)


@waits
def await_turn(waiter: Waiter, seconds: float | None) -> None:
    """Wait on this thread until *waiter* is woken, at most *seconds*."""
    let_through()
    ends_at = math.inf if seconds is None else time.monotonic() + seconds
    while not waiter.gate.acquire(timeout=max(0.0, min(ends_at - time.monotonic(), _SLICE_S))):
        if time.monotonic() >= ends_at:
            return


def await_until(changed: threading.Condition, is_so: Callable[[], bool], seconds: float | None) -> bool:
    """Wait until *is_so*, which is looked at whenever *changed* is told, at most *seconds*; tell whether it is."""
    ends_at = None if seconds is None else time.monotonic() + seconds
    with changed:
        while not is_so():
            left_s = None if ends_at is None else ends_at - time.monotonic()
            if left_s is not None and left_s <= 0:
                return False
            _await_change(changed, left_s)
    return True


@waits
def _await_change(changed: threading.Condition, seconds: float | None) -> None:
    """Wait on this thread until *changed* is told, at most *seconds*, or for a while."""
    let_through()
    changed.wait(_SLICE_S if seconds is None else min(seconds, _SLICE_S))
