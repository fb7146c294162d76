"""
Every error that Tenure raises: facts as attributes, text built when it is shown.

A user's own exception is never wrapped; it passes through with a note that carries the dependency path.
"""

from typing import TYPE_CHECKING, Any

from tenure.errors.base import Error, ResourceError, TenureError
from tenure.errors.configuration import MissingExtraError, OptionPathError, UndefinedOptionError
from tenure.errors.declarative import NonCopyableArgumentError, NoSuchProviderError, NothingProvidedError, SchemaError
from tenure.errors.graph import (
    BindingError,
    BindingInUseError,
    CircularDependencyError,
    Finding,
    GraphError,
    GuessError,
    MissingBindingError,
)
from tenure.errors.leases import LeasesOutError, LeaseTimeoutError
from tenure.errors.paths import PathStep
from tenure.errors.resources import (
    CloseError,
    ResourceEndedError,
    ResourceExhaustedError,
    ResourceInitializationError,
    ResourceProtocolError,
    ResourceTimeoutError,
    ResourceUnavailableError,
)
from tenure.errors.stale import StaleResolversError
from tenure.errors.use import (
    AsyncInSyncError,
    ContainerClosedError,
    ScopeError,
    ScopeNotOpenError,
    UnforeseenAwaitError,
    WrongLoopError,
)
from tenure.errors.wiring import Unresolved, UnresolvedMarkerError
from tenure.notes import closing_errors

if TYPE_CHECKING:
    from tenure.errors.pool import ItemsOutError, PoolExhaustedError

__all__ = [
    "AsyncInSyncError",
    "BindingError",
    "BindingInUseError",
    "CircularDependencyError",
    "CloseError",
    "ContainerClosedError",
    "Error",
    "Finding",
    "GraphError",
    "GuessError",
    "ItemsOutError",
    "LeaseTimeoutError",
    "LeasesOutError",
    "MissingBindingError",
    "MissingExtraError",
    "NoSuchProviderError",
    "NonCopyableArgumentError",
    "NothingProvidedError",
    "OptionPathError",
    "PathStep",
    "PoolExhaustedError",
    "ResourceEndedError",
    "ResourceError",
    "ResourceExhaustedError",
    "ResourceInitializationError",
    "ResourceProtocolError",
    "ResourceTimeoutError",
    "ResourceUnavailableError",
    "SchemaError",
    "ScopeError",
    "ScopeNotOpenError",
    "StaleResolversError",
    "TenureError",
    "UndefinedOptionError",
    "UnforeseenAwaitError",
    "Unresolved",
    "UnresolvedMarkerError",
    "WrongLoopError",
    "closing_errors",
]

_OF_POOLS = ("ItemsOutError", "PoolExhaustedError")

for _name in __all__:
    if isinstance(globals().get(_name), type):
        globals()[_name].__module__ = "tenure.errors"  # tracebacks show where programs import it from


def __getattr__(name: str) -> Any:
    """Return an error of pools, which are imported with the first of them."""
    if name not in _OF_POOLS:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from tenure.errors import pool  # noqa: PLC0415 - many programs have no pool

    for each in _OF_POOLS:
        globals()[each] = getattr(pool, each)
        globals()[each].__module__ = __name__
    return globals()[name]
