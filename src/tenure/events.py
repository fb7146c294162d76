"""
What happens to resources and scopes, as frozen records.

Knows keys only. Every record carries `at`, seconds on the clock of `time.perf_counter`, so that two records can be
subtracted. An observer is any callable that takes one record; it must not raise and must not wait.
"""

from typing import Any

from tenure.event import Event, Observer
from tenure.record import record

__all__ = [
    "Abandoned",
    "BorrowerLate",
    "BorrowerWaited",
    "CloseFailed",
    "Closed",
    "Closing",
    "Degraded",
    "Event",
    "Leak",
    "Observer",
    "OpenFailed",
    "OpenRetried",
    "Opened",
    "Opening",
    "PoolEvent",
    "ResourceEvent",
    "ScopeEntered",
    "ScopeEvent",
    "ScopeLeaving",
    "ScopeLeft",
    "StartBegan",
    "StartEnded",
]


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
class ScopeLeaving(ScopeEvent):
    """A scope is about to be left, or the container closed: what it owns is closed from now on."""

    outcome: BaseException | None
    """The error that ended the body, or None."""


@record
class ScopeLeft(ScopeEvent):
    """A scope was left, or the container closed, and everything it owned is closed."""

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


@record
class Leak(Event):
    """Something is kept for longer than it should be, or nobody is left to give it back."""

    kind: str
    """What is wrong: one of `LEAK_KINDS`."""
    id: int
    """Number of the resource's opening, or of the scope; for what was borrowed, that of the borrowing."""
    label: str
    """What leaks, as it is shown to people: a resource's key, a scope's name, the name of a pool."""
    scope: str
    """Name of the scope that owns it; for a scope, its own name."""
    scope_id: int
    age_s: float
    """Seconds since it was opened, entered or borrowed."""
    opened_by: tuple[str, ...] = ()
    """Where that was: `file:line in function`, innermost first; () where nobody asked for it to be recorded."""

    def __str__(self) -> str:
        """Return the leak as a sentence, followed by a line for each frame that led to it."""
        said = f"{self.label} {LEAK_KINDS[self.kind]} for {self.age_s:.3g} s"
        owner = "" if self.kind in ("scope", "borrowed") else f", owned by {self._owner()}"
        return (
            said
            + owner
            + "".join(f"\n    opened by {frame}" for frame in self.opened_by[:1])
            + "".join(f"\n    called from {frame}" for frame in self.opened_by[1:])
        )

    def _owner(self) -> str:
        return "the container" if self.scope == "root" else f"the scope {self.scope!r}"


LEAK_KINDS = {
    "resource": "has been open",
    "scope": "has been entered and not left",
    "abandoned": "was given up while it closed, and may have been open",
    "borrowed": "has been borrowed and not given back",
    "piled up": "is one of many that are open at once, the oldest",
}
"""What kinds of leaks there are, and how each is said."""


@record
class PoolEvent(Event):
    """Something that happened to a pool; what happens to its items is told as for other resources, in scope "pool"."""

    pool: str
    """The pool as shown."""
    pool_id: int
    """Number of this opening of the pool, unique in the process; the `scope_id` of its items."""


@record
class BorrowerWaited(PoolEvent):
    """A borrower had to wait, and got an item or, with *error*, none; who gets one at once is not told of."""

    elapsed_s: float
    error: BaseException | None


@record
class BorrowerLate(PoolEvent):
    """A borrower has had an item for longer than the pool's `late_after_s`; told once."""

    held_s: float
    borrower: str
    """The task or thread."""
    borrowed_at: tuple[str, ...]
    """The code that borrowed it, and its callers, innermost first; each with file, line and function."""
