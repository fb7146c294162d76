"""
Spans of starts, stops, openings, closings and scopes.

A span is current while the code that it stands for runs, so that the program's own spans stand in it. Each begins and
ends with two events that the same code tells, one after the other; where it does not (a scope that is left by another
task), the span ends all the same.
"""

import time
from contextlib import suppress
from typing import Any

from opentelemetry import context as contexts
from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.trace import Span, Status, StatusCode, Tracer

from tenure.events import (
    Abandoned,
    BorrowerWaited,
    Closed,
    CloseFailed,
    Closing,
    Event,
    Leak,
    Opened,
    OpenFailed,
    Opening,
    OpenRetried,
    ScopeEntered,
    ScopeLeaving,
    ScopeLeft,
    StartBegan,
    StartEnded,
)
from tenure.observe.attributes import ERROR, Bindings, Value, attributes_of, event_name, is_of_root
from tenure.observe.measures import ABANDONED

_Id = tuple[str, int]


class Spans:
    """
    The spans of one container.

    Args:
        tracer: makes them.
        name: what the container is called.
        bindings: what is known of the code behind events.
        scopes: whether each scope is a span.
    """

    def __init__(self, tracer: Tracer, name: str, bindings: Bindings, *, scopes: bool) -> None:
        self._tracer = tracer
        self._name = name
        self._bindings = bindings
        self._scopes = scopes
        # Spans that have begun and not ended, by what they are of and its number, each with what was current before.
        self._begun: dict[_Id, tuple[Span, Any]] = {}

    def show(self, event: Event) -> None:
        """Begin or end the span that *event* stands for."""
        match event:
            case Opening():
                self._begin(("open", event.id), "tenure.resource.open", event)
            case Opened() | OpenFailed():
                self._end(("open", event.id), event)
            case OpenRetried():
                self._note(("open", event.id), event)
            case Closing():
                around = self._around_closing(event)
                self._begin(("close", event.id), "tenure.resource.close", event, around)
            case Closed() | CloseFailed() | Abandoned():
                self._end(("close", event.id), event)
            case BorrowerWaited():
                self._waited(event)
            case Leak():
                trace.get_current_span().add_event(event_name(event), self._attributes(event))
            case _:
                self._show_scope(event)

    def _waited(self, event: BorrowerWaited) -> None:
        """Make a span of a wait that is over: only then it is known that there was one."""
        ended_at = time.time_ns()
        began_at = ended_at - int(event.elapsed_s * 1e9)
        span = self._tracer.start_span("tenure.pool.acquire", start_time=began_at, attributes=self._attributes(event))
        self._tell_error(span, event)
        span.end(ended_at)

    def _show_scope(self, event: Event) -> None:
        match event:
            case StartBegan():
                self._begin(("start", event.scope_id), "tenure.container.start", event)
            case StartEnded():
                self._end(("start", event.scope_id), event)
            case ScopeEntered() if self._scopes:
                self._begin(("scope", event.scope_id), "tenure.scope", event)
            case ScopeLeaving() if is_of_root(event):
                self._begin(("scope", event.scope_id), "tenure.container.stop", event)
            case ScopeLeft():
                self._end(("scope", event.scope_id), event)

    def end_all(self) -> None:
        """End every span that has not ended."""
        while self._begun:
            _, (span, before) = self._begun.popitem()
            span.end()
            _restore(before)

    def _begin(self, id: _Id, name: str, event: Event, around: Context | None = None) -> None:
        span = self._tracer.start_span(name, around, attributes=self._attributes(event))
        self._begun[id] = span, contexts.attach(trace.set_span_in_context(span, around))

    def _end(self, id: _Id, event: Event) -> None:
        begun = self._begun.pop(id, None)
        if begun is None:  # it began before anybody looked
            return
        span, before = begun
        span.set_attributes(self._attributes(event))
        self._tell_error(span, event)
        span.end()
        _restore(before)

    def _tell_error(self, span: Span, event: Event) -> None:
        if isinstance(event, Abandoned):
            span.set_attribute(ERROR, ABANDONED)
            span.set_status(Status(StatusCode.ERROR, f"not closed within {event.limit_s} s, and given up"))
        error = getattr(event, "error", None)
        if isinstance(error, Exception):  # a cancellation is nobody's error
            span.record_exception(error)
            span.set_status(Status(StatusCode.ERROR, f"{type(error).__name__}: {error}"))

    def _note(self, id: _Id, event: Event) -> None:
        begun = self._begun.get(id)
        if begun is not None:
            begun[0].add_event(event_name(event), self._attributes(event))

    def _around_closing(self, event: Closing) -> Context | None:
        """
        Return what a closing stands in; None: what is current.

        Owner tasks close in the context in which they opened, whose span has ended long ago.
        """
        begun = self._begun.get(("scope", event.scope_id))
        if begun is not None:
            return trace.set_span_in_context(begun[0])
        has_ended = getattr(trace.get_current_span(), "end_time", None) is not None
        return Context() if has_ended else None

    def _attributes(self, event: Event) -> dict[str, Value]:
        return {**attributes_of(event, self._name), **self._bindings.attributes(event)}


def _restore(before: Any) -> None:
    """Let be current what was; in another context than that of the beginning there is nothing to restore."""
    var = getattr(before, "var", None)
    if var is None:  # a runtime of another kind than that of context variables
        contexts.detach(before)
    else:
        with suppress(ValueError):  # the same that `detach` does, which logs it as an error
            var.reset(before)
