"""
Tenure: everything that is opened is closed: once, in order, whatever happens.

`Container` wires an application together by types and takes charge of whatever in it must be opened and closed.
"""

from typing import TYPE_CHECKING, Any

from tenure.container import Container
from tenure.declare import managed_resource, resource, scoped, singleton, transient
from tenure.errors import ResourceError, TenureError
from tenure.injection import Inject, inject
from tenure.model.retry import Retry
from tenure.resource_scope import ResourceScope

if TYPE_CHECKING:
    from tenure.away import ContainerRef
    from tenure.keyed import Keyed
    from tenure.pool import Pool
    from tenure.refreshing import Refreshing
    from tenure.runner import run, run_and_exit
    from tenure.workers import Stop, Worker, stopping, worker

__version__ = "0.1.0"

__all__ = [
    "Container",
    "ContainerRef",
    "Inject",
    "Keyed",
    "Pool",
    "Refreshing",
    "ResourceError",
    "ResourceScope",
    "Retry",
    "Stop",
    "TenureError",
    "Worker",
    "inject",
    "managed_resource",
    "resource",
    "run",
    "run_and_exit",
    "scoped",
    "singleton",
    "stopping",
    "transient",
    "worker",
]

_ROOMS = {
    "ContainerRef": "away",
    "Keyed": "keyed",
    "Pool": "pool",
    "Refreshing": "refreshing",
    "run": "runner",
    "run_and_exit": "runner",
}


def __getattr__(name: str) -> Any:
    """Return what is imported when it is first asked for, because many programs never do."""
    room = _ROOMS.get(name, "workers" if name in __all__ else None)
    if room is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    globals()[name] = found = getattr(__import__(f"{__name__}.{room}", fromlist=(name,)), name)
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
