"""Every engine and every managed object of the process, held weakly: for exit, fork, and methods that open."""

import threading
import weakref
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from tenure.runtime.scope import current

engines: "weakref.WeakSet[Any]" = weakref.WeakSet()
newborn: list[Callable[[Any], object]] = []
"""What is called with each engine that comes to be: for tests that look for leaks. Usually empty."""
_lock = [threading.RLock()]  # the collector may run code of users in the middle, hence re-entrant


def shared_lock() -> Any:
    """Return the lock of every engine: held for a few bytecodes on a miss, never while user code runs (L42)."""
    return _lock[0]


def renew_shared_lock() -> Any:
    """Return a new one for every engine: in a forked child the thread that held it does not exist."""
    _lock[0] = threading.RLock()
    return _lock[0]


records: "weakref.WeakValueDictionary[int, Any]" = weakref.WeakValueDictionary()
"""Records by `id` of their object; a record keeps its object alive, so the number is its own."""


_opened_by_user: "dict[int, weakref.ref[Any]]" = {}
"""Objects that no container managed when their own opening method was called by hand, by `id`."""


def note_opened_by_user(obj: Any) -> None:
    """Remember that *obj* came open: Tenure never closes what it did not open."""
    number = id(obj)
    with suppress(TypeError):  # a class with __slots__ and no __weakref__ cannot be remembered
        _opened_by_user[number] = weakref.ref(obj, lambda _: _opened_by_user.pop(number, None))


def note_closed_by_user(obj: Any) -> None:
    """Forget that *obj* was opened by hand."""
    _opened_by_user.pop(id(obj), None)


def is_opened_by_user(obj: Any) -> bool:
    """Tell whether *obj* was opened by hand while no container managed it, and not closed since."""
    return id(obj) in _opened_by_user


_orphans: "dict[int, tuple[weakref.ref[Any], str]]" = {}
"""Objects whose scope is closed, by `id`, with the name of the scope: they are nobody's to open again."""


def orphan(obj: Any, subject: str) -> None:
    """Remember that *obj* belonged to *subject*, which is closed; holds no reference to it."""
    number = id(obj)
    with suppress(TypeError):  # a class with __slots__ and no __weakref__ cannot be remembered
        _orphans[number] = (weakref.ref(obj, lambda _: _orphans.pop(number, None)), subject)


def adopt_orphan(obj: Any) -> None:
    """Forget that *obj* was left by a closed scope: a container manages it anew."""
    _orphans.pop(id(obj), None)


def closed_owner_of(obj: Any) -> str | None:
    """Return the name of the closed scope that *obj* belonged to, None if there is none."""
    entry = _orphans.get(id(obj)) if _orphans else None
    return entry[1] if entry is not None else None


def record_of(obj: Any) -> Any:
    """Return the record of *obj*, None if no container manages it; of several, that of the container in use."""
    record = records.get(id(obj))
    if record is None or not record.rivals:
        return record
    scope = current.get()
    found = [record, *(other for ref in record.rivals if (other := ref()) is not None)]
    return next((each for each in found if scope is not None and each.engine is scope.engine), record)
