"""What the nodes of one run meet: the trace, faults, what is open; and what they give."""

from collections.abc import Awaitable, Callable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from tenure.events import Abandoned
from tests.laws.rig.trace import ABANDONED, CLOSING, Life, Trace

request: ContextVar[str] = ContextVar("request", default="root")
"""Which request the running code belongs to: the scope that owns what is declared for requests."""


class Fault(Exception):
    """What nodes raise on purpose."""


@dataclass(slots=True)
class World:
    """What nodes meet in one run."""

    trace: Trace = field(default_factory=Trace)
    pause: Callable[[], Awaitable[None]] | None = None
    """Lets other tasks run."""
    is_cancellation: Callable[[BaseException], bool] = lambda error: False
    faults: dict[str, int] = field(default_factory=dict)
    """How often "A.open" or "A.close" is still to fail."""
    raised: list[Fault] = field(default_factory=list)
    live: dict[Life, "Value"] = field(default_factory=dict)
    """What is open; a closing that has begun counts until it has ended."""
    events: list[Any] = field(default_factory=list)
    """What the container told its observers."""
    era: str = ""
    """Set while an override stands: what is made then lives beside what was set aside."""
    within: dict[str, Callable[[], Any]] = field(default_factory=dict)
    """What "A.open" or "A.close" does besides, by place: an asynchronous function of nothing."""
    ended: dict[str, int] = field(default_factory=dict)
    """How many steps there were when an actor ended, by name."""
    seen: list[tuple[str, str]] = field(default_factory=list)
    """What actors themselves saw go wrong: law and text."""

    def renew(
        self,
        trace: Trace,
        pause: Callable[[], Awaitable[None]],
        is_cancellation: Callable[[BaseException], bool],
        faults: Mapping[str, int],
    ) -> None:
        """Begin a new run."""
        self.trace, self.pause, self.is_cancellation = trace, pause, is_cancellation
        self.faults, self.era = dict(faults), ""
        self.raised, self.live, self.within, self.seen, self.events = [], {}, {}, [], []
        self.ended = {}

    def observe(self, event: Any) -> None:
        """Take what the container tells; what it gives up counts as open no more."""
        self.events.append(event)
        if isinstance(event, Abandoned):
            for life in [life for life in self.live if life[0] == event.label]:
                del self.live[life]
                self.trace.note(ABANDONED, life)

    def closing(self) -> frozenset[Life]:
        """Return everything whose closing has begun."""
        return frozenset(step.life for step in self.trace.steps if step.act == CLOSING)

    def fails(self, place: str) -> bool:
        """Tell whether *place* is to fail now."""
        left = self.faults.get(place, 0)
        self.faults[place] = left - 1
        return left > 0

    def fault(self, place: str) -> Fault:
        """Return the error that *place* raises."""
        error = Fault(place)
        self.raised.append(error)
        return error


class Value:
    """What a node gives: *life* is None for one that has no end; *lives* are those it stands for."""

    __slots__ = ("__weakref__", "life", "lives")

    def __init__(self) -> None:
        self.life: Life | None = None
        self.lives: tuple[Life, ...] = ()
