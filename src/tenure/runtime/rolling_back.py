"""
Undo a failed start: close what it opened, except what others made theirs meanwhile (L4, L11).

First openings that may have taken what it opened end, only then is it decided; whoever asks for what is closed waits.
"""

import math
from collections.abc import Iterator, Sequence
from typing import Any

from tenure.lifecycle.claim import Claim, opening, openings
from tenure.lifecycle.effects import Steps, WaitedOut
from tenure.lifecycle.exits import Exit
from tenure.lifecycle.joint import jointly
from tenure.lifecycle.outcome import Report
from tenure.model.binding import TRANSIENT, Binding, Make
from tenure.runtime.draining import with_needs
from tenure.runtime.emptying import close_some
from tenure.runtime.patience import loop_time, seconds_to
from tenure.runtime.scope import Scope
from tenure.runtime.turns import Start

_NOBODY = Binding("a start", Make.GIVEN, None, TRANSIENT)
"""Stands for a binding where a whole start is under way."""
Opened = tuple[Scope, Any, Exit]
"""The owning scope, the place in its exits, the exit."""


def roll_back(engine: Any, scope: Scope, run: Start, errors: Sequence[BaseException]) -> Steps[BaseException]:
    """
    Close what *run* opened, showing it what went wrong first.

    A close of *scope* that is under way does it in our place (L37).

    Args:
        engine: the engine of *scope*.
        scope: what was started.
        run: the start that failed.
        errors: what went wrong, at least one.

    Returns:
        The error to raise: a KeyboardInterrupt or SystemExit, or else the first one; the others travel with it.
    """
    report = Report(scope.subject)
    report.failed += errors[1:]
    ending = scope.ending
    if ending is None:
        yield from _close_opened(engine, scope, run, report, errors[0])
    elif not ending.is_set:
        report.take_up((yield WaitedOut(ending)))
    return report.settle(errors[0]) or errors[0]


def _close_opened(engine: Any, scope: Scope, run: Start, report: Report, error: BaseException) -> Steps[None]:
    claim = Claim(_NOBODY, run)
    claim.closes = True
    scope.inflight[run] = claim  # a close that begins now waits for the end of this
    doomed: list[Opened] = []
    claims: dict[int, Claim] = {}
    try:
        yield from _decide(engine, run, report, doomed, claims)
        by_home: dict[Scope, list[Any]] = {scope: []}
        for home, place, _ in doomed:
            by_home.setdefault(home, []).append(place)
        # code that closes and asks for itself must not wait
        token = opening.set((*opening.get(), *jointly(list(claims.values()))))
        try:
            for home, places in by_home.items():
                report.failed += yield from close_some(engine, home, places, error)
        finally:
            opening.reset(token)
    finally:
        with engine.lock:
            for home, place, exit_ in doomed:
                if exit_.number in claims and home.inflight.get(place) is claims[exit_.number]:
                    del home.inflight[place]
        for each in claims.values():
            each.succeed()
        scope.inflight.pop(run, None)
        claim.succeed()


def _decide(engine: Any, run: Start, report: Report, doomed: list[Opened], claims: dict[int, Claim]) -> Steps[None]:
    """
    Find what nobody else needs, and claim it, so that whoever asks for it waits until it is closed.

    Openings under way that may have taken it end first: what they need shows only then. One that takes longer than the
    limit of the container for a close keeps what it is known to have taken.
    """
    end = math.inf if engine.close_timeout is None else loop_time() + engine.close_timeout
    while True:
        reached = _reached(engine, run)
        is_over = loop_time() >= end
        with engine.lock:
            under_way = _under_way(engine, reached)
            if is_over or not under_way:
                # what was replaced meanwhile is set aside, for whoever did that
                here = [each for each in run.opened if each[0].exits.get(each[1]) is each[2]]
                kept = _needed_by_others(engine.root, {exit_.number for _, _, exit_ in here}, under_way)
                for home, place, exit_ in here:
                    if exit_.number in kept:
                        continue
                    doomed.append((home, place, exit_))
                    if exit_.managed is None and place not in home.inflight:
                        home.cache.pop(place, None)
                        claims[exit_.number] = home.inflight[place] = Claim(exit_.binding, exit_.binding)
                        claims[exit_.number].closes = True
                return
        for claim in under_way:
            report.take_up((yield WaitedOut(claim.done, seconds_to(end))))


def _reached(engine: Any, run: Start) -> set[Any]:
    """Return the keys of what *run* opened, and of what may need it."""
    return set(engine.graph.dependents(*(exit_.binding.key for _, _, exit_ in run.opened))) if run.opened else set()


def _under_way(engine: Any, reached: set[Any]) -> list[Claim]:
    """Return the openings of *reached* under way, save those that the running code is part of."""
    mine = openings()
    return [
        claim
        for scope in _tree(engine.root)
        for claim in list(scope.inflight.values())
        if claim.binding.key in reached and claim not in mine and not claim.done.is_set
    ]


def _needed_by_others(root: Scope, opened: set[int], under_way: Sequence[Claim]) -> set[int]:
    """Return the numbers of what is needed by open resources that are not among *opened*, and by those *under_way*."""
    found = {number for claim in under_way for need in claim.needs for number in with_needs(need)}
    for scope in _tree(root):
        for exit_ in list(scope.exits.values()):
            if exit_.number not in opened and not exit_.done:
                found |= with_needs(exit_)
    return found


def _tree(scope: Scope) -> Iterator[Scope]:
    yield scope
    for child in list(scope.children):
        yield from _tree(child)
