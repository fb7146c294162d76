"""Whether a run kept the promise: what is opened is closed, once, dependents first. Looks at events only."""

from collections.abc import Iterable, Iterator

from tenure.event import Event
from tenure.events import Abandoned, Closed, CloseFailed, Closing, Opened, OpenFailed, ResourceEvent

_ENDS = (Closed, CloseFailed, Abandoned)


def violations(events: Iterable[Event]) -> list[str]:
    """
    Return what *events* of a run show to be wrong, as sentences; nothing, where everything is as it should be.

    Args:
        events: all of a run, in order, up to when everything should be closed.
    """
    seen = [event for event in events if isinstance(event, ResourceEvent)]
    return [*_once(seen), *_in_order(seen)]


def _once(events: list[ResourceEvent]) -> Iterator[str]:
    opened = {event.id: event.label for event in events if isinstance(event, Opened)}
    failed = {event.id: event.label for event in events if isinstance(event, OpenFailed)}
    begun = [event.id for event in events if isinstance(event, Closing)]
    ended = [event.id for event in events if isinstance(event, _ENDS)]
    for number, label in opened.items():
        if begun.count(number) != 1:
            how = f"closed {begun.count(number)} times" if number in begun else "never closed"
            yield f"{label} was opened and {how}"
        elif number not in ended:
            yield f"the closing of {label} has not ended"
    for number, label in failed.items():
        if number in begun:
            yield f"{label} failed to open, and was closed"


def _in_order(events: list[ResourceEvent]) -> Iterator[str]:
    alive: dict[int, Opened] = {}
    for event in events:
        if isinstance(event, Opened):
            alive[event.id] = event
        elif isinstance(event, Closing):
            for other in alive.values():
                if event.id in other.needs:
                    yield f"{event.label} was closed before {other.label}, which was made from it"
        elif isinstance(event, _ENDS):
            alive.pop(event.id, None)


def story(events: Iterable[Event]) -> tuple[str, ...]:
    """Return what *events* tell of resources, a line each."""
    told = []
    for event in events:
        if isinstance(event, ResourceEvent):
            error = getattr(event, "error", None)
            why = f": {error!r}" if error is not None else ""
            told.append(f"{type(event).__name__} {event.label}{why}")
    return tuple(told)
