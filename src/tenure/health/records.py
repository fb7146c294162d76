"""What a report tells, as frozen records."""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any, Literal, TypeAlias

from tenure.record import record

Status: TypeAlias = Literal["healthy", "degraded", "unhealthy", "unknown", "not open"]
Overall: TypeAlias = Literal["healthy", "degraded", "unhealthy"]
State: TypeAlias = Literal["not started", "starting", "started", "stopping", "draining", "closing", "closed"]
"""
Where a container is in its life. "stopping": asked to stop, and what was accepted still ends; "draining": it closes
what nothing needs any more, and the rest still serves.
"""

NO_DETAILS: Mapping[str, Any] = MappingProxyType({})


@record
class Probe:
    """One question about the whole program, answered."""

    ok: bool
    reasons: tuple[str, ...] = ()
    """Why not; empty where *ok*. Names what is wrong, never the text of an error."""

    def __bool__(self) -> bool:
        """Whether the answer is yes."""
        return self.ok


@record
class ResourceHealth:
    """One object of a container."""

    key: Any
    """The key of its binding."""
    label: str
    """The key as shown."""
    status: Status
    """"unknown": there is no way to check it, or none from here. "not open": it is not, or its closing has begun."""
    state: str = "open"
    """"open", "opening", "closing" or "not open"."""
    took_s: float | None = None
    """Seconds that the check took; None where it was not checked."""
    error: str | None = None
    """What is wrong, as text; None where nothing is."""
    error_type: str | None = None
    """The name of the class of the exception that the check raised, None where it raised none."""
    since: datetime | None = None
    """When a report first told this status of it, with no other one since (UTC)."""
    checked_at: datetime | None = None
    """When the check ended whose answer this is (UTC); None where it was not checked."""
    root_causes: tuple[str, ...] = ()
    """
    Labels of what fails below it while nothing below that does; empty where it is healthy, or fails by itself.
    """
    is_critical: bool = True
    """Whether the container is ready only while this is not unhealthy."""
    is_liveness: bool = False
    """Whether the program should be restarted when this is unhealthy."""
    details: Mapping[str, Any] = NO_DETAILS
    """What the check said besides its status."""


@record
class HealthReport:
    """A container's health at one moment."""

    status: Overall
    """
    "unhealthy": not live or not ready; "degraded": both, but something in it is unhealthy or degraded; else "healthy".
    """
    state: State
    liveness: Probe
    """Whether the program should go on; if not, restart it."""
    readiness: Probe
    """Whether it should be sent requests: started, not asked to stop, and nothing critical unhealthy."""
    startup: Probe
    """Whether its start has ended."""
    resources: tuple[ResourceHealth, ...]
    """What the root owns or could own, in order of binding; an event loop of another thread as "event loop"."""
    took_s: float
    """Seconds that the report took."""

    def __getitem__(self, key: Any) -> ResourceHealth:
        """
        Return the health of what is bound to *key*, or shown as *key*.

        Raises:
            KeyError: the report tells of no such object.
        """
        for each in self.resources:
            if key in (each.key, each.label):
                return each
        raise KeyError(key)
