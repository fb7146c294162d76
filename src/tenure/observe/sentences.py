"""Events as sentences for people: what is said of each kind, with `%s` for what differs. The law: each kind has one."""

from collections.abc import Callable, Mapping

from tenure.events import (
    Abandoned,
    BorrowerLate,
    BorrowerWaited,
    Closed,
    CloseFailed,
    Closing,
    Degraded,
    Event,
    Leak,
    Opened,
    OpenFailed,
    Opening,
    OpenRetried,
    ScopeEntered,
    ScopeEvent,
    ScopeLeaving,
    ScopeLeft,
    StartBegan,
    StartEnded,
)
from tenure.observe.histogram import duration
from tenure.workers.handle import WorkerCancelled, WorkerCrashed

Sentence = tuple[object, ...]
"""A text with `%s` for its arguments, and these."""


def sentence_of(event: Event) -> Sentence:
    """Return what is said of *event*; one of a kind that is not known here says itself."""
    make = _SENTENCES.get(type(event))
    return make(event) if make is not None else ("%s", event)


def _scope(event: ScopeEvent) -> str:
    return "the container" if event.scope == "root" else f"the scope {event.scope}"


def _crashed(event: WorkerCrashed) -> Sentence:
    if event.delay_s is None:
        return "the worker %s crashed and is not called again", event.name
    return "the worker %s crashed and is called again in %s", event.name, duration(event.delay_s)


_SENTENCES: Mapping[type[Event], Callable[..., Sentence]] = {
    Opening: lambda e: ("opening %s", e.label),
    Opened: lambda e: ("opened %s in %s", e.label, duration(e.elapsed_s)),
    OpenFailed: lambda e: ("%s failed to open after %s", e.label, duration(e.elapsed_s)),
    OpenRetried: lambda e: (
        "attempt %s to open %s failed, the next one is in %s",
        e.attempt,
        e.label,
        duration(e.delay_s),
    ),
    Degraded: lambda e: ("going on without %s", e.label),
    Closing: lambda e: ("closing %s", e.label),
    Closed: lambda e: ("closed %s in %s", e.label, duration(e.elapsed_s)),
    CloseFailed: lambda e: ("%s failed to close", e.label),
    Abandoned: lambda e: ("%s did not close within %s and is given up", e.label, duration(e.limit_s)),
    ScopeEntered: lambda e: ("entered %s", _scope(e)),
    ScopeLeaving: lambda e: ("closing the container",) if e.scope == "root" else ("leaving %s", _scope(e)),
    ScopeLeft: lambda e: ("closed the container",) if e.scope == "root" else ("left %s", _scope(e)),
    StartBegan: lambda e: (
        ("starting %s: %s resource" if len(e.keys) == 1 else "starting %s: %s resources"),
        _scope(e),
        len(e.keys),
    ),
    StartEnded: lambda e: (
        ("the start of %s failed after %s" if e.error is not None else "started %s in %s"),
        _scope(e),
        duration(e.elapsed_s),
    ),
    Leak: lambda e: ("%s", e),
    BorrowerWaited: lambda e: (
        ("waited %s in vain for an item of %s" if e.error is not None else "waited %s for an item of %s"),
        duration(e.elapsed_s),
        e.pool,
    ),
    BorrowerLate: lambda e: ("%s has kept an item of %s for %s", e.borrower, e.pool, duration(e.held_s)),
    WorkerCrashed: _crashed,
    WorkerCancelled: lambda e: (
        "the worker %s did not end within %s and is cancelled; what it was doing may be half done",
        e.name,
        duration(e.drain_timeout_s),
    ),
}
