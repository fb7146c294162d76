"""
Whether a scope of anyio's around the running task of asyncio is cancelled.

Such a scope cancels a task again and again until it is left, so that whoever closes has to know. It is asked each time
that something is closed, in programs that have anyio only because a library of theirs has: the answer for a task that
was never in such a scope is one look into the table of those that were.
"""

import asyncio
import importlib.util
import math
import sys
import weakref
from collections.abc import Callable, Mapping
from typing import Any

_HALF = "anyio._backends._asyncio"
"""The half of anyio that serves asyncio; whoever enters its first scope imports it."""


def is_cancelled_around() -> bool:
    """Tell whether one is; False where anyio is not loaded."""
    if not _found:
        return _find()
    tasks, deadline = _found[0]
    task = asyncio.current_task()
    if tasks is not None and (task is None or weakref.ref(task) not in tasks):
        return False
    return deadline() == -math.inf


_Found = tuple[Mapping[Any, Any] | None, Callable[[], float]]
_found: list[_Found] = []
"""By weak reference, the tasks that were in a scope, None where anyio keeps them elsewhere; what gives the deadline."""
_has_halves: list[bool] = []


def _find() -> bool:
    """Do the same as long as that half may not be there; remember what was found, for it stays what it is."""
    anyio = sys.modules.get("anyio")
    if anyio is None:
        return False
    half = sys.modules.get(_HALF)
    if half is None:
        if not _has_halves:
            _has_halves.append(importlib.util.find_spec(_HALF) is not None)
        if _has_halves[0]:
            return False  # nobody has entered a scope yet
    own = getattr(half, "AsyncIOBackend", None)  # a third of the public function, which works out which library runs
    deadline = getattr(own, "current_effective_deadline", anyio.current_effective_deadline)
    _found.append((_table_of(half), deadline))
    return is_cancelled_around()


def _table_of(half: Any) -> Mapping[Any, Any] | None:
    known = getattr(half, "_task_states", None)
    return getattr(known, "data", None) if isinstance(known, weakref.WeakKeyDictionary) else None
