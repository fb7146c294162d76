"""
What Tenure tells about a run, counted: the observer of the demo's containers.

Knows events only. Called in the thread where something happened; all of the demo's resources open and close on the
event loop's thread.
"""

from collections import Counter
from dataclasses import dataclass, field

from tenure import events


@dataclass(slots=True)
class Tally:
    """What happened to all resources of one kind."""

    scope: str
    n_opened: int = 0
    n_closed: int = 0
    n_told: int = 0
    """Those that were closed with an error before their eyes."""
    n_failed: int = 0
    """Those whose opening or closing failed."""
    n_owed: int = 0
    """Those that are open."""


@dataclass(slots=True)
class Story:
    """The life of one resource of the root scope; times are seconds of `time.perf_counter`."""

    id: int
    label: str
    opening_at: float
    needs: tuple[int, ...] = ()
    opened_at: float | None = None
    closing_at: float | None = None
    closed_at: float | None = None
    error: BaseException | None = None


@dataclass(slots=True)
class Recorder:
    """Counts what it is shown; an instance is an observer."""

    tallies: dict[str, Tally] = field(default_factory=dict)
    stories: dict[int, Story] = field(default_factory=dict)
    """The resources of root scopes, in order of opening."""
    n_left: Counter[str] = field(default_factory=Counter)
    """Scopes that were entered and left again, by name."""
    scopes: dict[int, str] = field(default_factory=dict)
    """Names of the scopes that were entered and not left yet."""
    started_at: float | None = None
    ended_at: float | None = None
    n_edges: int = 0
    """Times that a resource was made from another one that was open."""
    violations: list[str] = field(default_factory=list)
    """Every time that a resource was closed before one that was made from it."""
    _needs: dict[int, tuple[int, ...]] = field(default_factory=dict)
    _n_dependents: Counter[int] = field(default_factory=Counter)

    def __call__(self, event: events.Event) -> None:
        """Take notice of *event*."""
        match event:
            case events.ResourceEvent():
                self._count(event)
                self._check_order(event)
                if event.scope == "root":
                    self._tell(event)
            case events.ScopeEntered():
                self.scopes[event.scope_id] = event.scope
            case events.ScopeLeft():
                self.n_left[self.scopes.pop(event.scope_id, event.scope)] += 1
            case events.StartBegan():
                self.started_at = event.at
            case events.StartEnded():
                self.ended_at = event.at

    def _count(self, event: events.ResourceEvent) -> None:
        tally = self.tallies.get(event.label)
        if tally is None:
            tally = self.tallies[event.label] = Tally(event.scope)
        match event:
            case events.Opened():
                tally.n_opened += 1
                tally.n_owed += 1
            case events.Closed():
                tally.n_closed += 1
                tally.n_owed -= 1
                tally.n_told += event.outcome is not None
            case events.CloseFailed():
                tally.n_failed += 1
                tally.n_owed -= 1
            case events.OpenFailed() | events.Abandoned():
                tally.n_failed += 1

    def _check_order(self, event: events.ResourceEvent) -> None:
        match event:
            case events.Opened():
                self._needs[event.id] = event.needs
                self._n_dependents.update(event.needs)
                self.n_edges += len(event.needs)
            case events.Closing():
                if self._n_dependents[event.id] > 0:
                    self.violations.append(f"{event.label} was closed before what needed it")
            case events.Closed() | events.CloseFailed():
                self._n_dependents.subtract(self._needs.pop(event.id, ()))
                del self._n_dependents[event.id]

    def _tell(self, event: events.ResourceEvent) -> None:
        match event:
            case events.Opening():
                self.stories[event.id] = Story(event.id, event.label, event.at)
            case events.Opened():
                story = self.stories[event.id]
                story.opened_at, story.needs = event.at, event.needs
            case events.OpenFailed():
                self.stories[event.id].error = event.error
            case events.Closing():
                self.stories[event.id].closing_at = event.at
            case events.Closed():
                self.stories[event.id].closed_at = event.at
            case events.CloseFailed():
                self.stories[event.id].closed_at = event.at
                self.stories[event.id].error = event.error
