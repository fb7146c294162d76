"""
Undo a failed start: close what it opened, except what others made theirs meanwhile (L4, L11).

First nobody new can take what is doomed, then openings that may have taken it end, and only then is it decided.
"""

from collections.abc import Iterator
from typing import Any

from tenure.lifecycle.claim import Claim, openings
from tenure.lifecycle.effects import Steps
from tenure.lifecycle.exits import Exit
from tenure.model.binding import TRANSIENT, Binding, Make
from tenure.notes import attach_closing_errors
from tenure.runtime.draining import with_needs
from tenure.runtime.emptying import close_some, forget_dependents
from tenure.runtime.scope import Scope, State
from tenure.runtime.turns import Start

_NOBODY = Binding("a start", Make.GIVEN, None, TRANSIENT)
"""Stands for a binding where a whole start is under way."""
Opened = tuple[Scope, Any, Exit]
"""The owning scope, the place in its exits, the exit."""


def roll_back(engine: Any, scope: Scope, run: Start, error: BaseException, is_async: bool) -> Steps[None]:
    """Close what *run* opened, showing it *error*; a close of *scope* that is under way does it in our place (L37)."""
    ending = scope.ending
    if ending is not None:
        if not ending.is_set:
            yield (ending.wait_out() if is_async else ending)
        return
    claim = Claim(_NOBODY, run)
    scope.inflight[run] = claim  # a close that begins now waits for the end of this
    try:
        doomed = yield from _decide(engine, run, is_async)
        by_home: dict[Scope, list[Any]] = {scope: []}
        for home, place, _ in doomed:
            by_home.setdefault(home, []).append(place)
        for home, places in by_home.items():
            failed = yield from close_some(engine, home, places, error)
            attach_closing_errors(error, failed)
    finally:
        scope.inflight.pop(run, None)
        claim.succeed()


def _decide(engine: Any, run: Start, is_async: bool) -> Steps[list[Opened]]:
    """Return what nobody else needs; nobody can take it any more."""
    numbers = {exit_.number for _, _, exit_ in run.opened}
    kept = _needed_by_others(engine.root, numbers)
    doomed = [entry for entry in run.opened if entry[2].number not in kept and entry[0].exits.get(entry[1]) is entry[2]]
    with engine.lock:
        doomed = [_withdrawn(*entry) for entry in doomed]
    for home in {home for home, _, _ in doomed}:
        forget_dependents(engine, home, [exit_ for other, _, exit_ in doomed if other is home])
    yield from _openings_ended(engine, doomed, is_async)
    kept = _needed_by_others(engine.root, numbers)
    with engine.lock:
        for home, _, exit_ in doomed:
            if exit_.number in kept:
                _given_back(home, exit_)
    return [entry for entry in doomed if entry[2].number not in kept]


def _withdrawn(home: Scope, place: Any, exit_: Exit) -> Opened:
    """Under the engine's lock: let nobody find *exit_* any more; whoever asks makes another, in a place of its own."""
    if exit_.managed is not None or place == exit_.number:
        return home, place, exit_
    home.cache.pop(place, None)
    del home.exits[place]
    home.exits[exit_.number] = exit_  # a close of the scope meanwhile must still find what it owes
    home.unordered = True
    return home, exit_.number, exit_


def _given_back(home: Scope, exit_: Exit) -> None:
    """Under the engine's lock: let *exit_*, which somebody needs, be found again, unless there is another by now."""
    place = exit_.binding.key
    is_free = place not in home.inflight and place not in home.exits and place not in home.cache
    if exit_.managed is None and is_free and home.exits.get(exit_.number) is exit_ and exit_.number != place:
        del home.exits[exit_.number]
        home.exits[place] = exit_
        if home.state is State.OPEN:
            home.cache[place] = exit_.value


def _openings_ended(engine: Any, doomed: list[Opened], is_async: bool) -> Steps[None]:
    """Wait for the openings that may have taken what is *doomed* before it was withdrawn."""
    reached = engine.graph.dependents(*(exit_.binding.key for _, _, exit_ in doomed)) if doomed else ()
    mine = openings()
    for scope in list(_tree(engine.root)):
        for claim in list(scope.inflight.values()):
            if claim.binding.key in reached and claim not in mine and not claim.done.is_set:
                yield (claim.done.wait_out() if is_async else claim.done)


def _needed_by_others(root: Scope, opened: set[int]) -> set[int]:
    """Return the numbers of what open resources need that are not among *opened*."""
    found: set[int] = set()
    for scope in _tree(root):
        for exit_ in list(scope.exits.values()):
            if exit_.number not in opened and not exit_.done:
                found |= with_needs(exit_)
    return found


def _tree(scope: Scope) -> Iterator[Scope]:
    yield scope
    for child in list(scope.children):
        yield from _tree(child)
