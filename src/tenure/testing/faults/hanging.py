"""Wait for what never comes, in either colour."""

import threading
from typing import Any

from tenure.lifecycle.backends import current, running
from tenure.lifecycle.effects import Steps, waited
from tenure.model.binding import Binding, Make

_left: list[Any] = []
"""Handles whose closing hung: whoever collected them would end them in the middle of another test."""


def hang(binding: Binding, on: str, freed: threading.Event, handle: Any = None) -> Steps[None]:
    """
    Wait until whoever waits for it gives up; on a thread, until *freed*.

    Raises:
        RuntimeError: it is synchronous and has no limit that would end it: the test would hang with it.
    """
    if _is_async(binding, on) and running() is not None:
        _left.append(handle)
        yield from waited(_for_ever())
    elif on == "close" and binding.options.close_timeout is not None:
        freed.wait()
    else:
        can = "its own close_timeout would end it" if on == "close" else "no limit can end it"
        raise RuntimeError(f"{binding.label} is synchronous: if it hung on {on}, the test would hang with it; {can}")


def _is_async(binding: Binding, on: str) -> bool:
    lifecycle = binding.lifecycle
    if lifecycle is None:
        return False
    return lifecycle.opens_async or binding.make is not Make.CALL if on == "open" else lifecycle.closes_async


async def _for_ever() -> None:
    _, wait = current().waiter()
    await wait()
