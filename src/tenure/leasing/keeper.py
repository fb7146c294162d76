"""The keeper of a life: does in the background what is due because time passed."""

import contextvars
import threading
import weakref
from typing import Any

from tenure.lifecycle.backends import LimitReachedError, current
from tenure.lifecycle.latch import Latch
from tenure.lifecycle.unraisable import report

_LONGEST_S = 60.0
"""How long a keeper sleeps at most, so that a life that nobody refers to any more is let go."""


def start(life: Any) -> None:
    """Start to look after *life*, until it is closed: a task on the running loop, or a daemon thread."""
    if life.items.is_async:
        current().spawn(lambda: _keep(life), contextvars.copy_context(), f"tenure keeper of {life.items.label}")
        return
    name = f"tenure keeper of {life.items.label}"
    threading.Thread(target=_keep_thread, args=(weakref.ref(life),), name=name, daemon=True).start()


async def _keep(life: Any) -> None:
    while not life.core.is_closing:
        life.kick = kick = Latch()
        seconds = _looked_after(life)
        try:
            async with current().limit(seconds):
                await kick.wait()
        except LimitReachedError:
            continue


def _keep_thread(ref: "weakref.ref[Any]") -> None:
    while True:
        life = ref()
        if life is None or life.core.is_closing:
            return
        life.kick = kick = Latch()
        seconds, woken = _looked_after(life), threading.Event()
        del life  # while it sleeps, nothing is kept
        kick.then(woken.set)
        woken.wait(seconds)


def _looked_after(life: Any) -> float:
    """Do what is due; return for how many seconds nothing will be. An error has no caller here."""
    try:
        return min(max(float(life.look_after()), 0.0), _LONGEST_S)
    except Exception as error:  # noqa: BLE001 - what is due next must not wait for ever
        report(error, f"looking after {life.items.label} failed", life)
        return 1.0
