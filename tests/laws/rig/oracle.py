"""
Which laws a trace breaks: one pure function, asked after every run of every driver.

Checks L2, L3, L9, L10, L11, L18, L23, L24, L25, L30 and L40; L8 and L37 follow from L3 and L10 over all runs.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from tenure.errors import closing_errors
from tests.laws.rig.trace import (
    ABANDONED,
    CLOSE_FAILED,
    CLOSED,
    CLOSING,
    FAILED,
    INTERRUPTED,
    OPENED,
    OPENING,
    Life,
    Step,
)

LAWS = ("L2", "L3", "L8", "L9", "L10", "L11", "L18", "L23", "L24", "L25", "L30", "L37", "L40")
"""What every run is checked for."""

ENDED = (CLOSED, CLOSE_FAILED, INTERRUPTED)


@dataclass(frozen=True, slots=True)
class Violation:
    """A law that a run broke."""

    law: str
    text: str
    case: str = ""
    """The string that replays it."""


@dataclass(slots=True)
class End:
    """How a run ended."""

    errors: Sequence[BaseException] = ()
    """Everything that left anybody: the closers, the bodies, those who asked."""
    primary: BaseException | None = None
    """The error that must be among `errors` as itself; None where the case expects none in particular."""
    is_closed: bool = True
    """Whether the close has returned or raised, so that nothing may be open."""
    left: Sequence[str] = ()
    """What of the library remains: tasks, timers, threads, files, handlers."""
    interruptible: bool = False
    """Whether an interrupted closing is meant in this case: a second cancel of an inline close, Ctrl-C."""


@dataclass(slots=True)
class _Seen:
    live: dict[Life, Step] = field(default_factory=dict)
    needs: dict[Life, tuple[Life, ...]] = field(default_factory=dict)
    scope: dict[Life, str] = field(default_factory=dict)
    closing: set[Life] = field(default_factory=set)
    abandoned: set[Life] = field(default_factory=set)


def violations(steps: Sequence[Step], end: End) -> list[Violation]:
    """Return what *steps* and *end* break."""
    seen = _Seen()
    found = [each for step in steps for each in _of(step, seen)]
    found += _at_end(steps, end, seen)
    return found


def _of(step: Step, seen: _Seen) -> Iterator[Violation]:
    life = step.life
    if step.act == OPENING:
        seen.needs[life], seen.scope[life] = step.needs, step.scope
        for need in step.needs:
            if need not in seen.live or need in seen.closing:
                yield Violation("L11", f"{_name(life)} opens with {_name(need)}, which is not open")
    elif step.act == OPENED:
        yield from _of_second(life, seen)
        seen.live[life] = step
    elif step.act == FAILED and life in seen.live:
        yield Violation("L3", f"{_name(life)} failed to open after it was open")
    elif step.act == CLOSING:
        yield from _of_closing(life, seen)
        seen.closing.add(life)
    elif step.act in ENDED:
        seen.live.pop(life, None)
    elif step.act == ABANDONED:
        seen.abandoned.add(life)


def _of_second(life: Life, seen: _Seen) -> Iterator[Violation]:
    scope = seen.scope.get(life)
    for other in seen.live:
        if scope and other[0] == life[0] and seen.scope.get(other) == scope and other not in seen.abandoned:
            yield Violation("L2", f"{_name(life)} and {_name(other)} are open at the same time")


def _of_closing(life: Life, seen: _Seen) -> Iterator[Violation]:
    if life in seen.closing:
        yield Violation("L9", f"{_name(life)} is closed twice")
    elif life not in seen.live:
        yield Violation("L3", f"{_name(life)} is closed and was never open")
    for other in seen.live:
        if life in seen.needs.get(other, ()) and other not in seen.abandoned:
            yield Violation("L18", f"{_name(life)} closes while {_name(other)}, which needs it, is open")


def _at_end(steps: Sequence[Step], end: End, seen: _Seen) -> Iterator[Violation]:
    still_open = [life for life in seen.live if life not in seen.abandoned] if end.is_closed else []
    for life in still_open:
        yield Violation("L10", f"{_name(life)} is still open at the end")
    there = {id(error) for error in reachable(end.errors)}
    for step in steps:
        if step.act == INTERRUPTED and not end.interruptible:
            yield Violation("L30", f"the closing of {_name(step.life)} was interrupted by {step.error!r}")
        if step.act == CLOSE_FAILED and id(step.error) not in there:
            yield Violation("L23", f"the error of closing {_name(step.life)} reached nobody: {step.error!r}")
    if end.primary is not None and all(error is not end.primary for error in end.errors):
        yield Violation("L25", f"{end.primary!r} did not leave as itself, but {[repr(e) for e in end.errors]}")
    for text in end.left:
        yield Violation("L40", f"left behind: {text}")


def reachable(errors: Sequence[BaseException]) -> list[BaseException]:
    """Return *errors* and what they carry: members of groups, and the closing errors attached to them."""
    found: dict[int, BaseException] = {}
    stack = list(errors)
    while stack:
        error = stack.pop()
        if id(error) not in found:
            found[id(error)] = error
            stack.extend(closing_errors(error))
            if isinstance(error, BaseExceptionGroup):
                stack.extend(error.exceptions)
    return list(found.values())


def _name(life: Life) -> str:
    return f"{life[0]}{life[1]}"
