"""
Every error that Tenure raises: facts as attributes, text built when it is shown.

A user's own exception is never wrapped; it passes through with a note that carries the dependency path.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from tenure.errors.base import Error, ResourceError, TenureError
from tenure.errors.graph import (
    BindingError,
    BindingInUseError,
    CircularDependencyError,
    Finding,
    GraphError,
    GuessError,
    MissingBindingError,
)
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
from tenure.errors.use import (
    AsyncInSyncError,
    ContainerClosedError,
    ScopeError,
    ScopeNotOpenError,
    UnforeseenAwaitError,
    WrongLoopError,
)
from tenure.notes import closing_errors

if TYPE_CHECKING:
    from tenure.errors.configuration import MissingExtraError, OptionPathError, UndefinedOptionError
    from tenure.errors.declarative import (
        NonCopyableArgumentError,
        NoSuchProviderError,
        NothingProvidedError,
        SchemaError,
    )
    from tenure.errors.leases import LeasesOutError, LeaseTimeoutError
    from tenure.errors.pool import ItemsOutError, PoolExhaustedError
    from tenure.errors.stale import StaleResolversError
    from tenure.errors.travel import ContainerRefError, LiveObjectError
    from tenure.errors.wiring import Unresolved, UnresolvedMarkerError

__all__ = [
    "AsyncInSyncError",
    "BindingError",
    "BindingInUseError",
    "CircularDependencyError",
    "CloseError",
    "ContainerClosedError",
    "ContainerRefError",
    "Error",
    "Finding",
    "GraphError",
    "GuessError",
    "ItemsOutError",
    "LeaseTimeoutError",
    "LeasesOutError",
    "LiveObjectError",
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

_LATER = {
    "configuration": ("MissingExtraError", "OptionPathError", "UndefinedOptionError"),
    "declarative": ("NonCopyableArgumentError", "NoSuchProviderError", "NothingProvidedError", "SchemaError"),
    "leases": ("LeaseTimeoutError", "LeasesOutError"),
    "pool": ("ItemsOutError", "PoolExhaustedError"),
    "stale": ("StaleResolversError",),
    "travel": ("ContainerRefError", "LiveObjectError"),
    "wiring": ("Unresolved", "UnresolvedMarkerError"),
}
"""Files of errors that many programs never meet, with what is in them; each is imported with the first of these."""


def _show_as_ours(names: Iterable[str]) -> None:
    """Let tracebacks show where programs import it from."""
    for name in names:
        if isinstance(globals().get(name), type):
            globals()[name].__module__ = __name__


def __getattr__(name: str) -> Any:
    """Return an error of a file that was not needed until now."""
    room = next((room for room, names in _LATER.items() if name in names), None)
    if room is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module = __import__(f"{__name__}.{room}", fromlist=("",))
    globals().update({each: getattr(module, each) for each in _LATER[room]})
    _show_as_ours(_LATER[room])
    return globals()[name]


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})


_show_as_ours(__all__)
