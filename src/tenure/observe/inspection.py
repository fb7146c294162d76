"""
What a container is like at one moment, for whoever looks on from outside: frozen records of names and numbers.

Pure: knows no container. No value of any object is in it, and `as_dict` gives what `json.dumps` takes.
"""

from typing import Any

from tenure.record import record

SHAPE = 1
"""Number of the shape of `Inspection.as_dict()`. Fields may be added under the same number; none goes or changes."""


@record
class BindingNow:
    """What is bound to one key."""

    name: str
    """The key as shown; with its module where another key is shown alike. Names this binding everywhere else."""
    scope: str
    """Its lifetime: "singleton", "transient", "ambient", or the name of a scope."""
    is_resource: bool
    """Whether something is owed when it is no longer needed; else it is a plain value."""
    is_async: bool
    """Whether it has to be awaited, to be made or to be closed."""
    depends_on: tuple[str, ...]
    """Names of what it needs directly, or was seen to ask for."""
    where: str | None
    """`file:line` of what makes it, or None."""
    state: str
    """"opening", "open" or "closing" where there is one in that state, the first of these; else "not open"."""
    n_open: int
    """How many of it are open now; 0 for plain values, which nobody counts."""
    key: Any = None
    """The key itself; not in `as_dict`."""


@record
class ResourceNow:
    """One resource that is opening, open or closing."""

    id: int
    """As in its events; 0 while it opens."""
    name: str
    """That of its binding."""
    scope: str
    """Name of the scope that owns it; "root" is the container's own."""
    scope_id: int
    state: str
    """"waiting" for what it needs, "opening", "open" or "closing"."""
    is_async: bool
    age_s: float | None
    """Seconds since it was opened; while it opens, since that began, None where nobody watched."""
    open_s: float | None
    """Seconds that opening it took; None while it opens, and where nobody watched."""
    depends_on: tuple[int, ...] = ()
    """Ids of the open resources that it was made from."""
    waits_for: tuple[str, ...] = ()
    """While it waits: names of what it waits for."""


@record
class ScopeNow:
    """One scope that was entered and not left; the container itself is none."""

    id: int
    name: str
    parent_id: int | None
    state: str
    """"open", "draining" or "closing"."""
    age_s: float | None
    """Seconds since it was entered; None where nobody watched then."""
    n_resources: int
    """How many resources it owns."""


@record
class PoolNow:
    """One pool that is open."""

    name: str
    state: str
    min_size: int
    max_size: int
    n_idle: int
    n_out: int
    n_making: int
    n_waiting: int
    """Borrowers that wait for an item."""
    n_timeouts: int
    """Borrowers that waited too long, since it was opened."""
    n_late: int
    """Borrowers that had an item for longer than they should, since it was opened."""


@record
class ErrorNow:
    """Something that went wrong."""

    at: float
    """Seconds since 1970 (UTC)."""
    act: str
    """"open", "retry" (another attempt follows), "degrade" (what needs it goes on), "close", "abandon" or "start"."""
    name: str
    """What it happened to: the key as shown; for a start, the name of the scope."""
    scope: str
    error: str
    """The class of the error and the first line of its text, with what looks like a secret masked."""


@record
class SlowNow:
    """One opening or closing that took long."""

    act: str
    """"open" or "close"."""
    name: str
    scope: str
    id: int
    elapsed_s: float


@record
class HealthNow:
    """What is known of the container's health; nothing is asked for it."""

    status: str
    """"healthy", "degraded" or "unhealthy"."""
    is_live: bool
    is_ready: bool
    has_started: bool
    reasons: tuple[str, ...]
    """Why it is not live, not ready or not started."""
    resources: tuple[tuple[str, str], ...]
    """Name and status of each resource of the container: what its last check said, "unknown" before one."""


@record
class CountsNow:
    """What a watch has counted since it began."""

    opened: int
    closed: int
    active: int
    errors: int
    retries: int
    watched_s: float


@record
class Inspection:
    """A container at one moment."""

    at: float
    """Seconds since 1970 (UTC)."""
    pid: int
    state: str
    """"not started", "starting", "started", "stopping", "draining", "closing" or "closed"."""
    bindings: tuple[BindingNow, ...]
    """In order of binding."""
    resources: tuple[ResourceNow, ...]
    """The container's own first, then by scope."""
    scopes: tuple[ScopeNow, ...]
    """Open scopes, outer ones first."""
    pools: tuple[PoolNow, ...]
    slowest: tuple[SlowNow, ...] = ()
    """The slowest openings and closings that were watched, the slowest first."""
    errors: tuple[ErrorNow, ...] = ()
    """The last errors that were watched, the last one first."""
    counts: CountsNow | None = None
    """None where nobody watches."""
    health: HealthNow | None = None
    n_resources: int = 0
    """How many there are; more than are listed where there are too many."""
    n_scopes: int = 0
    """Likewise."""

    def as_dict(self) -> dict[str, Any]:
        """Return all of it as dicts, lists, strings and numbers, which `json.dumps` takes."""
        return {"shape": SHAPE, **_plain(self)}


_KINDS = (
    BindingNow, CountsNow, ErrorNow, HealthNow, Inspection, PoolNow, ResourceNow, ScopeNow, SlowNow
)  # fmt: skip


_ATOMS = frozenset({str, int, float, bool, type(None)})


def _plain(value: Any) -> Any:
    if type(value) in _ATOMS:
        return value
    if isinstance(value, HealthNow):
        found = {name: _plain(getattr(value, name)) for name in value.__match_args__}
        return found | {"resources": dict(value.resources)}
    if isinstance(value, _KINDS):
        return {name: _plain(getattr(value, name)) for name in value.__match_args__ if name != "key"}
    if isinstance(value, tuple):
        return [_plain(each) for each in value]
    return value
