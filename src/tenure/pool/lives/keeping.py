"""The keeper of a pool: does in the background what is due because time passed."""

import threading
import weakref
from typing import Any

from tenure.lifecycle.backends import LimitReachedError, current
from tenure.lifecycle.latch import Latch
from tenure.lifecycle.unraisable import report

_LONGEST_S = 60.0
"""How long a keeper sleeps at most, so that a pool that nobody refers to any more is let go."""


def start_thread(life: Any) -> threading.Thread:
    """Start a daemon thread that looks after *life* until it is closed or forgotten."""
    ref, name = weakref.ref(life), f"tenure keeper of {life.maker.label}"
    thread = threading.Thread(target=_keep_thread, args=(ref, life.kick), name=name, daemon=True)
    thread.start()
    return thread


def _keep_thread(ref: "weakref.ref[Any]", kick: threading.Event) -> None:
    while True:
        life = ref()
        if life is None or not life.is_open or life.kick is not kick:
            return
        kick.clear()
        seconds = _looked_after(life)
        del life  # while it sleeps, nothing is kept
        kick.wait(seconds)


def start_task(life: Any) -> Any:
    """Start a task that looks after *life* until it is closed."""

    async def keep() -> None:
        while life.is_open:
            life.kick = kick = Latch()
            seconds = _looked_after(life)
            try:
                async with current().limit(seconds):
                    await kick.wait()
            except LimitReachedError:
                continue

    return life.spawn(keep, "keeper")


def _looked_after(life: Any) -> float:
    """Do what is due; return for how many seconds nothing will be. An error has no caller here."""
    try:
        return min(max(float(life.look_after()), 0.0), _LONGEST_S)
    except Exception as error:  # noqa: BLE001 - what is due next must not wait for ever
        report(error, f"looking after {life.maker.label} failed", life)
        return 1.0
