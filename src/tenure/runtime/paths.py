"""The note that tells a user's exception which part of the graph it came from, and who needed it."""

from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from tenure.errors import AsyncInSyncError, MissingBindingError, PathStep, ScopeNotOpenError, TenureError
from tenure.errors.paths import draw_path
from tenure.keys import Key
from tenure.lifecycle.backends import is_cancellation
from tenure.lifecycle.claim import Claim, innermost
from tenure.model.binding import Binding
from tenure.model.build import check_key
from tenure.model.graph import Graph
from tenure.notes import add_note
from tenure.runtime.at_work import is_inside

CHAIN = "__tenure_chain__"
"""Attribute that holds the bindings whose openings an error came out of, outermost first."""
_NOTED = "__tenure_noted__"


class Chain(tuple[Binding, ...]):
    """The bindings; in another process, where an error may be sent, they mean nothing, and none arrive."""

    __slots__ = ()

    def __reduce__(self) -> tuple[Any, ...]:
        return tuple, ()


def remember_chain(error: BaseException, chain: tuple[Claim, ...]) -> BaseException:
    """Leave on *error* the openings that it came out of, outermost first; the innermost one to do so counts."""
    if not hasattr(error, CHAIN):
        with suppress(Exception):  # an exception class with __slots__ and no dict
            setattr(error, CHAIN, Chain([claim.binding for claim in chain]))
    return error


def remember_way(error: BaseException, way: tuple[Binding, ...]) -> None:
    """Leave on *error* the bindings whose making it came out of, outermost first, unless it knows them."""
    if not hasattr(error, CHAIN):
        with suppress(Exception):  # an exception class with __slots__ and no dict
            setattr(error, CHAIN, Chain(way))


def explain(error: BaseException, key: Key, graph: Graph) -> None:
    """
    Make the most of *error*, raised by a request for *key*: see `note_path`.

    Raises:
        BindingError: *key* is not hashable, which is why it failed.
    """
    if isinstance(error, TypeError) and error.__traceback__ is not None and error.__traceback__.tb_next is None:
        check_key(key)
    note_path(error, key, graph)


def note_path(error: BaseException, key: Key, graph: Graph) -> None:
    """
    Add to *error*, once, a note of the way from *key*, which was asked for, to where it was raised.

    Tenure's own errors tell their path themselves; inside an opening the one who asked from outside adds the note.
    """
    if innermost() is not None or is_inside() or hasattr(error, _NOTED) or is_cancellation(error):
        return
    if isinstance(error, ScopeNotOpenError | AsyncInSyncError):
        if not error.path:
            error.path = tuple(_steps(error, key, graph))
        return
    if isinstance(error, TenureError) and hasattr(error, "path"):
        return
    steps = list(_steps(error, key, graph))
    if steps:
        with suppress(Exception):
            setattr(error, _NOTED, True)
        add_note(error, "while making\n" + draw_path(steps))


def _steps(error: BaseException, key: Key, graph: Graph) -> Iterator[PathStep]:
    start = graph.find(key)
    if start is None:
        return
    failed: list[Binding] = list(getattr(error, CHAIN, ()))
    if isinstance(error, ScopeNotOpenError | AsyncInSyncError) and error.key in graph.bindings:
        failed = [graph.bindings[error.key]]
    culprit = _culprit(error, graph, failed[-1] if failed else start)
    if culprit is not None and culprit not in failed:
        failed.append(culprit)
    if not failed:
        return
    parameter: str | None = None
    at = start
    yield PathStep(at.key, None, at.where)
    for goal in failed:
        for parameter, step in _way(graph, at, goal):
            yield PathStep(step.key, parameter, step.where)
        at = goal


def _culprit(error: BaseException, graph: Graph, below: Binding) -> Binding | None:
    """Return the binding below *below* whose target raised: the first user frame under generated code."""
    codes: dict[Any, Binding] = {}
    with suppress(MissingBindingError):
        codes = {code: each for each in graph.order((below.key,)) if (code := _code_of(each.target)) is not None}
    trace, found = error.__traceback__, None
    while trace is not None:
        found = codes.get(trace.tb_frame.f_code, found)
        trace = trace.tb_next
    return found


def _code_of(target: Any) -> Any:
    function = getattr(target, "__init__", None) if isinstance(target, type) else target
    return getattr(function, "__code__", None)


def _way(graph: Graph, start: Binding, goal: Binding) -> list[tuple[str, Binding]]:
    """Return a shortest way from *start* to *goal*, without *start*; [] if the graph knows none."""
    if start is goal:
        return []
    came: dict[Key, tuple[Binding | None, str]] = {start.key: (None, "")}
    queue = [start]
    for each in queue:
        for edge in graph.edges(each):
            for _, source in edge.sources:
                if source.key not in came:
                    came[source.key] = (each, edge.need.name)
                    queue.append(source)
    if goal.key not in came:
        return [("", goal)]  # asked for while it ran: no parameter names it
    way: list[tuple[str, Binding]] = []
    at: Binding | None = goal
    while at is not None and at is not start:
        before, parameter = came[at.key]
        way.append((parameter, at))
        at = before
    return way[::-1]
