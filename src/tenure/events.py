"""
What happens to resources and scopes, as frozen records.

Knows keys only. Every record carries `at`, seconds on the clock of `time.perf_counter`, so that two records can be
subtracted. An observer is any callable that takes one record; it must not raise and must not wait.
"""

from collections.abc import Callable
from typing import Any, TypeAlias

from tenure.record import record


@record
class Event:
    """Something that happened at *at* (seconds, `time.perf_counter`)."""

    at: float


@record
class ResourceEvent(Event):
    """Something that happened to one resource."""

    id: int
    """Number of this opening, unique in the process; a resource that is opened again gets a new one."""
    key: Any
    """What was asked for: the key of the resource's binding."""
    label: str
    """The key as it is shown to people."""
    scope: str
    """Name of the owning scope: "root", a name of the ladder, "call", or "anonymous"."""
    scope_id: int
    """Number of the owning scope, unique in the process."""


@record
class Opening(ResourceEvent):
    """The opening code is about to run; everything it needs is there."""


@record
class Opened(ResourceEvent):
    """The opening succeeded: an exit is owed."""

    elapsed_s: float
    """Seconds from Opening to Opened, retries included."""
    needs: tuple[int, ...]
    """The `id` of each open resource that this one was made from."""


@record
class OpenFailed(ResourceEvent):
    """The opening raised: nothing is owed."""

    elapsed_s: float
    error: BaseException


@record
class Degraded(ResourceEvent):
    """An optional resource failed to open: what needs it gets what stands in for it, or goes without. Not cached."""

    error: BaseException
    has_fallback: bool
    """Whether something was declared to stand in for it."""


@record
class OpenRetried(ResourceEvent):
    """An attempt to open failed and another one follows."""

    attempt: int
    """Number of the attempt that failed; starts at 1."""
    delay_s: float
    """Seconds until the next attempt."""
    error: BaseException


@record
class Closing(ResourceEvent):
    """The closing code is about to run; everything that depended on the resource is closed."""


@record
class Closed(ResourceEvent):
    """The closing ended normally: nothing is owed any more."""

    elapsed_s: float
    lifetime_s: float
    """Seconds from Opened to Closed."""
    outcome: BaseException | None
    """The error that the resource was shown, or None."""


@record
class CloseFailed(ResourceEvent):
    """The closing raised: nothing is owed any more, *error* is reported by whoever closed the scope."""

    elapsed_s: float
    lifetime_s: float
    error: BaseException


@record
class Abandoned(ResourceEvent):
    """The closing ran over its limit and is waited for no longer."""

    limit_s: float


@record
class ScopeEvent(Event):
    """Something that happened to a scope."""

    scope: str
    scope_id: int


@record
class ScopeEntered(ScopeEvent):
    """A scope was entered."""

    parent_id: int


@record
class ScopeLeft(ScopeEvent):
    """A scope was left and everything it owned is closed."""

    outcome: BaseException | None
    """The error that ended the body, or None."""


@record
class StartBegan(ScopeEvent):
    """An eager start began."""

    keys: tuple[Any, ...]
    """The keys that will be opened, dependencies first."""


@record
class StartEnded(ScopeEvent):
    """An eager start ended; with *error*, everything that it opened is closed again."""

    elapsed_s: float
    error: BaseException | None


Observer: TypeAlias = Callable[[Event], object]
