"""
What happened between the beginning and the end of one start or close, and the timeline made of it.

Holds what events say, not the events: their errors lead to frames.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from tenure.events import (
    Abandoned,
    Closed,
    CloseFailed,
    Closing,
    Opened,
    OpenFailed,
    Opening,
    OpenRetried,
    ResourceEvent,
    ScopeLeaving,
    StartBegan,
)
from tenure.observe.masking import masked
from tenure.observe.timeline import Span, Timeline, critical_path, idle_before
from tenure.record import replace

_OUTCOMES = {
    Opened: "done",
    OpenFailed: "failed",
    Closed: "done",
    CloseFailed: "failed",
    Abandoned: "abandoned",
}
_OF_A_START = (Opening, Opened, OpenFailed, OpenRetried)
_OF_A_CLOSE = (Closing, Closed, CloseFailed, Abandoned)


class Window:
    """
    What happens from *began* on.

    Args:
        began: the event of the beginning, of a start or a close.
        max_spans: how many openings or closings are looked at, >= 1.
        before: what was being opened then.
    """

    def __init__(self, began: StartBegan | ScopeLeaving, max_spans: int, before: Iterable[Opening] = ()) -> None:
        self.act: str = "start" if isinstance(began, StartBegan) else "close"
        self._began_at = began.at
        self._scope, self._scope_id = began.scope, began.scope_id
        self._keys = frozenset(began.keys) if isinstance(began, StartBegan) else frozenset()
        self._max_spans = max_spans
        self._noted: dict[int, _Noted] = {}
        self._n_dropped = 0
        for event in before:
            self.add(event)

    def add(self, event: ResourceEvent) -> None:
        """Take *event* into account."""
        if not isinstance(event, _OF_A_START if self.act == "start" else _OF_A_CLOSE):
            return
        noted = self._noted.get(event.id)
        if noted is None:
            if len(self._noted) >= self._max_spans:
                self._n_dropped += 1
                return
            noted = self._noted[event.id] = _Noted(event, self._began_at)
        noted.note(event)

    def timeline(self, ended_at: float, error: str | None, needs: Mapping[int, tuple[int, ...]]) -> Timeline:
        """
        Return what happened until *ended_at*.

        Args:
            ended_at: seconds on the clock of the events.
            error: what the start or the body ended with, said.
            needs: which ids an id was made from, of all that is in here and open.
        """
        chosen = self._of_the_start(needs) if self.act == "start" else self._noted
        waits = _waits(self.act, chosen, needs)
        bare = {id: noted.span(self._began_at, ended_at) for id, noted in chosen.items()}
        spans = [_with_waits(span, tuple(waits.get(span.id, ())), bare) for span in bare.values()]
        spans.sort(key=lambda span: (span.began_s, span.id))
        path = critical_path(spans)
        elapsed_s = ended_at - self._began_at
        return Timeline(self.act, self._scope, self._scope_id, elapsed_s, tuple(spans), path, error, self._n_dropped)

    def _of_the_start(self, needs: Mapping[int, tuple[int, ...]]) -> "dict[int, _Noted]":
        """Return what was opened for the start: its keys, and what was made for them on the way."""
        wanted = {id: noted for id, noted in self._noted.items() if noted.key in self._keys}
        for id in (queue := list(wanted)):  # it grows while it is walked
            for need in needs.get(id, ()):
                if need in self._noted and need not in wanted:
                    wanted[need] = self._noted[need]
                    queue.append(need)
        return wanted


class _Noted:
    """What is known of one opening or closing."""

    __slots__ = ("_first", "began_at", "ended_at", "error", "key", "n_retries", "outcome")

    def __init__(self, first: ResourceEvent, window_began_at: float) -> None:
        self._first = first.id, first.label, first.scope
        self.key: Any = first.key
        # one whose beginning was not observed had begun before
        self.began_at = first.at if isinstance(first, Opening | Closing) else window_began_at
        self.ended_at: float | None = None
        self.outcome = "under way"
        self.error: str | None = None
        self.n_retries = 0

    def note(self, event: ResourceEvent) -> None:
        self.n_retries += isinstance(event, OpenRetried)
        outcome = _OUTCOMES.get(type(event))
        if outcome is not None:
            self.ended_at, self.outcome = event.at, outcome
            self.error = said(getattr(event, "error", None))

    def span(self, window_began_at: float, window_ended_at: float) -> Span:
        ended_at = self.ended_at if self.ended_at is not None else window_ended_at
        return Span(
            *self._first,
            self.began_at - window_began_at,
            ended_at - self.began_at,
            (),
            0.0,
            self.outcome,
            self.error,
            self.n_retries,
        )


def _waits(act: str, chosen: Mapping[int, Any], needs: Mapping[int, tuple[int, ...]]) -> dict[int, list[int]]:
    """Return what each of *chosen* had to wait for: its needs to be opened, its dependents to be closed."""
    found: dict[int, list[int]] = {}
    for id in chosen:
        for need in needs.get(id, ()):
            if need in chosen:
                waits, for_ = (id, need) if act == "start" else (need, id)
                found.setdefault(waits, []).append(for_)
    return found


def _with_waits(span: Span, waited_for: tuple[int, ...], spans: Mapping[int, Span]) -> Span:
    idle_s = idle_before(span.began_s, [spans[id].ended_s for id in waited_for])
    return replace(span, waited_for=waited_for, idle_s=idle_s)


def said(error: BaseException | None) -> str | None:
    """Return the class and the text of *error*, with what looks like a secret masked; None for None."""
    if error is None:
        return None
    text = masked(str(error))
    return f"{type(error).__qualname__}: {text}" if text else type(error).__qualname__
