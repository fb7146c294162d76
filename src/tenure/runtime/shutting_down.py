"""
Shut down some of what a root and the scopes inside it hold, while they stay open: what is asked for next opens anew.

What depends on it is closed before it. While something is being shut down, whoever asks for it waits for the end, and
so does another shutdown of it (L15): the order holds whoever calls.
"""

from collections.abc import Collection, Iterable
from typing import Any

from tenure.errors import ContainerClosedError, closing_errors
from tenure.keys import Key
from tenure.lifecycle.backends import is_dead
from tenure.lifecycle.circles import JoiningWhole
from tenure.lifecycle.claim import Claim, opening, openings
from tenure.lifecycle.closing import Closer
from tenure.lifecycle.effects import Steps, adrive, drive
from tenure.lifecycle.exits import Exit
from tenure.lifecycle.interrupts import uninterrupted
from tenure.lifecycle.joint import jointly
from tenure.lifecycle.outcome import Report
from tenure.runtime.emptying import close_by, discard_of
from tenure.runtime.patience import SHUTDOWN, home_of_claim, loop_time, patience_of, seconds_to
from tenure.runtime.scope import Scope, closing, every_scope

Owed = tuple[Scope, Any, Exit]
"""A scope, the place among its exits, the exit."""


def owed_for(engine: Any, scopes: Iterable[Scope], keys: Collection[Key]) -> list[Owed]:
    """
    Return what *scopes* owe for *keys*, and what any open scope owes for what depends on it.

    Args:
        engine: the engine of the scopes.
        scopes: where to look.
        keys: those of the resources to shut down.
    """
    looked_at = dict.fromkeys((*scopes, *every_scope(engine.root)))
    all_owed = [(scope, place, exit_) for scope in looked_at for place, exit_ in list(scope.exits.items())]
    here = set(scopes)
    wanted = {
        exit_.number for scope, _, exit_ in all_owed if scope in here and exit_.binding.key in keys and not exit_.done
    }
    above: dict[int, list[int]] = {}
    for _, _, exit_ in all_owed:
        for need in exit_.needs:
            above.setdefault(need.number, []).append(exit_.number)
    queue = list(wanted)
    for number in queue:  # it grows while it is walked
        new = [each for each in above.get(number, ()) if each not in wanted]
        wanted.update(new)
        queue.extend(new)
    return [entry for entry in all_owed if entry[2].number in wanted]


def needs_await(engine: Any, scopes: Collection[Scope], keys: Collection[Key]) -> bool:
    """Tell whether shutting *keys* down has to wait for something: a closing, or an opening under way."""
    if any(must_wait(exit_) for _, _, exit_ in owed_for(engine, scopes, keys)):
        return True
    return any(claim.loop is not None for claim in under_way(every_scope(engine.root), _reached(engine, keys)))


def empties(engine: Any, scopes: Collection[Scope], keys: Collection[Key], *, or_nothing: bool) -> bool:
    """
    Tell whether shutting *keys* down closes all that the root owes, and all that it is about to owe.

    Args:
        engine: the engine of the scopes.
        scopes: where to look.
        keys: those of the resources to shut down.
        or_nothing: what is told where nothing is open or being opened.
    """
    found = {exit_.number for _, _, exit_ in owed_for(engine, scopes, keys)}
    if any(not exit_.done and exit_.number not in found for exit_ in list(engine.root.exits.values())):
        return False
    begun = {claim.binding.key for claim in list(engine.root.inflight.values()) if claim.binding.lifecycle is not None}
    if begun:
        return begun <= _reached(engine, keys)
    return or_nothing or bool(found)


def must_wait(exit_: Exit) -> bool:
    """Tell whether closing it needs a loop, and that loop still lives: where it is gone no waiting would help."""
    return (exit_.needs_await or exit_.owner is not None) and not (exit_.loop is not None and is_dead(exit_.loop))


def _reached(engine: Any, keys: Collection[Key]) -> set[Key]:
    """Return *keys* and what depends on them: it may have taken them already while it is being opened."""
    return set(engine.graph.dependents(*keys)) if keys else set()


def under_way(scopes: Iterable[Scope], reached: set[Key]) -> list[Claim]:
    """Return the openings and closings of *reached* under way, save those that the running code is part of."""
    mine = openings()
    return [
        claim
        for scope in scopes
        for claim in list(scope.inflight.values())
        if claim.binding.key in reached and claim not in mine and not claim.is_own and not claim.done.is_set
    ]


def shut_down(
    engine: Any,
    scopes: Collection[Scope],
    keys: Collection[Key],
    outcome: BaseException | None,
    *,
    is_for_good: bool = False,
) -> Steps[None]:
    """
    Close what *scopes* owe for *keys* and for what depends on it, in order, all of it whatever is raised.

    Args:
        engine: the engine of the scopes.
        scopes: where to look.
        keys: those of the resources to shut down.
        outcome: what the closing code is shown, None for an ordinary end.
        is_for_good: whether objects that open and close by themselves are made anew as well, and not opened again.

    Raises:
        BaseException: what the outcome is settled to (see `Report.settle`), save *outcome* itself.
    """
    report = Report("resources")
    found = yield from _claimed(engine, scopes, keys, is_for_good, report)
    claims = [claim for _, entries in found for claim in entries.values()]
    token = opening.set((*opening.get(), *jointly(claims)))  # code that closes and asks for itself must not wait
    inside = closing.set((*closing.get(), *(scope for scope, _ in found)))
    try:
        for scope, entries in found:
            closer = Closer(outcome, engine.place(scope), engine.close_timeout if scope.parent is None else None)
            yield from _close(engine, scope, entries, closer)
            report.failed += closer.report.take_failed()
            report.cancelled, closer.report.cancelled = report.cancelled or closer.report.cancelled, None
    finally:
        opening.reset(token)
        closing.reset(inside)
        for scope, entries in found:
            _let_go(engine, scope, entries)
    failure = report.settle(outcome)
    if failure is not None and failure is not outcome:
        try:
            raise failure
        finally:
            del failure  # its traceback holds this frame (L16)


def _claimed(
    engine: Any, scopes: Collection[Scope], keys: Collection[Key], is_for_good: bool, report: Report
) -> Steps[list[tuple[Scope, dict[Any, Claim]]]]:
    """
    Wait until nothing of it is being opened or closed; then claim all of it, so that newcomers wait in turn.

    *report* takes up what withdrawn openings raised when they closed: who asked for them may be gone.
    """
    patience = patience_of(engine, SHUTDOWN)
    while True:
        reached = _reached(engine, keys)
        with engine.lock:
            claims = under_way(every_scope(engine.root), reached)
            if not claims:
                owed = owed_for(engine, scopes, keys)
                gone = [exit_.binding.key for _, _, exit_ in owed if exit_.managed is None or is_for_good]
                discard_of(engine, engine.graph.dependents(*gone) if gone else ())
                return _claim_all(owed)
            for claim in claims:
                claim.withdrawn = "" if claim.closes else claim.withdrawn or "shut down"
                claim.has_listener = True
        first, end = patience.first_over(claims)
        for claim in claims:
            report.take_up((yield JoiningWhole(claim, seconds_to(end))))
            if claim.withdrawn == "shut down" and claim.error is not None:
                report.failed += closing_errors(claim.error)
        if not first.done.is_set and loop_time() >= end:
            refusal = ContainerClosedError(first.binding.label, "shut down")
            overran = patience.overrun(first, home_of_claim(engine, first), refusal)
            report.failed += [overran] if overran is not None else []


def _claim_all(owed: Iterable[Owed]) -> list[tuple[Scope, dict[Any, Claim]]]:
    """Under the engine's lock: let nobody have any of *owed* from here on; return the claims, inner scopes first."""
    found: dict[Scope, dict[Any, Claim]] = {}
    for scope, place, exit_ in sorted(owed, key=lambda entry: -entry[0].number):
        claim = Claim(exit_.binding, exit_.binding)
        claim.closes = True
        found.setdefault(scope, {})[place] = claim
        scope.inflight.setdefault(place, claim)
        exit_.is_due = True
        if exit_.managed is None:
            scope.cache.pop(place, None)
        else:
            exit_.managed.due = claim
    return list(found.items())


def _close(engine: Any, scope: Scope, entries: dict[Any, Claim], closer: Closer) -> Steps[None]:
    try:
        yield from close_by(engine, scope, list(entries), closer, together=True)
    finally:
        _let_go(engine, scope, entries)


def _let_go(engine: Any, scope: Scope, entries: dict[Any, Claim]) -> None:
    with engine.lock:
        for place, claim in entries.items():
            if scope.inflight.get(place) is claim:
                del scope.inflight[place]
    for claim in entries.values():
        if not claim.done.is_set:
            claim.succeed()


@uninterrupted
def shut_down_sync(
    engine: Any, scopes: Collection[Scope], keys: Collection[Key], outcome: BaseException | None
) -> None:
    """Shut *keys* down on this thread; see `shut_down`."""
    drive(shut_down(engine, scopes, keys, outcome))


async def shut_down_async(
    engine: Any, scopes: Collection[Scope], keys: Collection[Key], outcome: BaseException | None
) -> None:
    """Shut *keys* down on the running loop; see `shut_down`."""
    await adrive(shut_down(engine, scopes, keys, outcome))
