"""Which check an object has, and how it is made. Calls nothing of the object's."""

import functools
import inspect
import operator
import sys
import weakref
from collections.abc import Callable
from typing import Any

from tenure.health.checker import CHECKS
from tenure.model.health import Health
from tenure.model.methods import METHOD_MARK
from tenure.record import record

BY_NATURE = ("health_check", "ping")
"""
Methods that are made for checking: they are called although nobody declared a check. `execute` and `get` do work, that
of a queue takes an item away: they are called only where a check was declared without saying which.
"""


@record(unguarded=True)
class Ask:
    """How one object is asked."""

    call: Callable[[Any], Any]
    """A function of the object."""
    health: Health
    is_async: bool = False
    """Whether calling it gives an awaitable, as far as can be seen from outside."""
    is_instant: bool = False
    """Whether it only looks at what Tenure itself knows, so that it is called wherever one is."""
    answer_counts: bool = True
    """Whether what it returns says how the object is; else it is enough that it returned."""


_USUAL = Health()
_LENIENT = Health(critical=False)


def ask_of(said: Any, obj: Any) -> Ask | None:
    """
    Return how *obj* is asked; None: there is no check.

    Args:
        said: what its declaration says: a Health, False for none, None for nothing said.
        obj: the open object.
    """
    if said is False:
        return None
    if said is None and _is_a(obj, "tenure.workers.handle", "Worker"):
        return Ask(_worker, _LENIENT, is_instant=True)
    if said is None and _is_a(obj, "tenure.pool.pool", "Pool"):
        return Ask(_pool, _USUAL, is_instant=True)
    health = _USUAL if said is None else said
    if health.check is None:
        return _by_class(type(obj), health, BY_NATURE if said is None else None)
    if isinstance(health.check, str):
        return Ask(operator.methodcaller(health.check), health, _is_async(_method(type(obj), health.check)))
    return Ask(health.check, health, _is_async(health.check))


def _by_class(class_: type, health: Health, names: tuple[str, ...] | None) -> Ask | None:
    for check in CHECKS:
        method = _method(class_, check.name) if names is None or check.name in names else None
        if callable(method) and (names is None or _takes_nothing(class_, check.name)):
            call = operator.methodcaller(check.name, *check.arguments)
            return Ask(call, health, _is_async(method), answer_counts=check.name in BY_NATURE)
    return None


def _method(class_: type, name: str) -> Any:
    """Return what *class_* has by that *name*; never what its instances or its metaclass answer to."""
    if not any(name in vars(base) for base in class_.__mro__):
        return None
    try:
        return getattr(class_, name, None)
    except Exception:  # noqa: BLE001 - code of the user's, that a check may not stumble over
        return None


def _takes_nothing(class_: type, name: str) -> bool:
    """Tell whether the method *name* can be called without arguments; `ping(host)` is no check."""
    found = _without_arguments.get(class_)
    if found is None:
        found = _without_arguments[class_] = {}
    if name not in found:
        found[name] = _can_be_called(class_, name)
    return found[name]


_without_arguments: "weakref.WeakKeyDictionary[type, dict[str, bool]]" = weakref.WeakKeyDictionary()
"""What `_takes_nothing` has found: reading a signature takes longer than anything else in a report."""


def _can_be_called(class_: type, name: str) -> bool:
    static = inspect.getattr_static(class_, name)
    is_bound = isinstance(static, staticmethod | classmethod)
    try:
        inspect.signature(getattr(class_, name)).bind(*(() if is_bound else (None,)))
    except TypeError:
        return False
    except ValueError:  # of a function in C, which does not tell
        return True
    return True


def _is_async(function: Any) -> bool:
    while isinstance(function, functools.partial):
        function = function.func
    if hasattr(function, METHOD_MARK):  # ours, around theirs; Python 3.11 cannot see what it is
        function = inspect.unwrap(function)
    return inspect.iscoroutinefunction(function) or inspect.iscoroutinefunction(vars(type(function)).get("__call__"))


def _is_a(obj: Any, module: str, name: str) -> bool:
    """Tell whether *obj* is of a class of ours, which is not imported for the sake of this question."""
    found = sys.modules.get(module)
    return found is not None and isinstance(obj, getattr(found, name))


def _pool(pool: Any) -> dict[str, Any]:
    """
    Say how a pool is, by its account; borrows nothing, for that would compete with those who need it.

    It is unhealthy where nothing could be made that there should be or that somebody waits for, and degraded while
    somebody waits, or while it lends nothing.
    """
    stats = pool.stats()
    names = ("n_idle", "n_out", "n_making", "n_waiting", "max_size", "n_make_failures", "n_timeouts")
    found: dict[str, Any] = {name: getattr(stats, name) for name in names}
    is_empty = stats.n_idle + stats.n_out == 0
    if stats.state != "open":
        return found | {"status": "degraded", "error": f"the pool is {stats.state}"}
    if is_empty and stats.n_make_failures and (stats.n_waiting or stats.min_size):
        return found | {"status": "unhealthy", "error": f"no item could be made, {stats.n_make_failures} times"}
    if stats.n_waiting:
        return found | {"status": "degraded", "error": f"{stats.n_waiting} borrowers wait for one of {stats.max_size}"}
    return found


def _worker(worker: Any) -> dict[str, Any]:
    """Say how a background task is: one that crashed and is about to be restarted works worse than it should."""
    status = {"waiting": "degraded", "failed": "unhealthy"}.get(worker.state, "healthy")
    found = {"status": status, "worker": worker.state, "n_restarts": worker.n_restarts}
    if status != "healthy":
        found["error"] = f"the worker is {worker.state} after {type(worker.error).__name__}"
    return found
