"""
Leave a scope: refuse newcomers, wait for what is under way, close children, then everything owned, in order.

The state is swapped before the first close (design rule 7): who comes later joins the closing or is refused.
"""

import time
from collections.abc import Iterable
from typing import Any

from tenure.errors import AsyncInSyncError
from tenure.events import ScopeLeft
from tenure.lifecycle.backends import is_dead, running
from tenure.lifecycle.claim import opening
from tenure.lifecycle.closing import Closer, in_closing_order, wrong_loop
from tenure.lifecycle.effects import Steps
from tenure.lifecycle.exits import Exit
from tenure.lifecycle.latch import Latch
from tenure.runtime.holding import begin_close, end_close, release
from tenure.runtime.scope import Scope, State


def leave(engine: Any, scope: Scope, outcome: BaseException | None, is_async: bool) -> Steps[BaseException | None]:
    """
    Close *scope* with everything in it.

    Args:
        engine: the engine of *scope*.
        scope: in any state; one that is closed stays closed, one that another task closes is waited for (L15).
        outcome: the error that ended its body, or None.
        is_async: whether something can be awaited here.

    Returns:
        The error to raise, *outcome* itself among the possible ones, or None.

    Raises:
        AsyncInSyncError: nothing can be awaited here, and something would have to be; nothing was closed (L51).
        WrongLoopError: something belongs to another loop that still runs; nothing was closed.
    """
    _refuse_the_impossible(scope, is_async)
    with engine.lock:
        finished, is_mine = scope.finished, scope.state is State.OPEN
        if is_mine:
            finished = scope.finished = Latch()
            scope.state = State.CLOSING
            scope.cache.clear()  # a hit from here on would hand out what is about to be closed
            if scope.parent is None:
                engine.refuse_from_now_on()
    if not is_mine:
        return (yield from _join(scope, finished, outcome))
    failure: BaseException | None = None
    try:
        failure = yield from _close_contents(engine, scope, outcome, is_async)
    finally:
        _finish(engine, scope, outcome, failure)
    return failure


def _join(scope: Scope, finished: Latch | None, outcome: BaseException | None) -> Steps[BaseException | None]:
    inside = any(claim in scope.inflight.values() or _belongs(claim, scope) for claim in opening.get())
    if finished is not None and not finished.is_set and not inside:  # a resource's own code must not wait for itself
        yield finished
    return outcome if outcome is not None else scope.failure


def _belongs(claim: Any, scope: Scope) -> bool:
    return getattr(claim.subject, "home", None) is scope


def _finish(engine: Any, scope: Scope, outcome: BaseException | None, failure: BaseException | None) -> None:
    scope.failure = failure if failure is not outcome else None
    with engine.lock:
        scope.state = State.CLOSED
        scope.exits.clear()
        scope.records.clear()
        scope.values.clear()
        scope.cache.clear()
        if scope.parent is not None:
            scope.parent.children.discard(scope)
    if engine.notify is not None:
        engine.notify(ScopeLeft(time.perf_counter(), scope.name, scope.number, outcome))
    if scope.finished is not None:
        scope.finished.set()


def _refuse_the_impossible(scope: Scope, is_async: bool) -> None:
    if scope.state is not State.OPEN:
        return
    owed = [exit_ for exit_ in _everything_in(scope) if not exit_.done and exit_.needs_await]
    if not owed:
        return
    if not is_async:
        labels = dict.fromkeys(exit_.binding.label for exit_ in owed if not _is_stranded(exit_))
        if labels:
            raise AsyncInSyncError(list(labels), "close", "`async with`, or `await container.aclose()`")
        return
    backend = running()
    for exit_ in owed:
        if (
            exit_.loop is not None
            and backend is not None
            and backend.token() is not exit_.loop
            and not is_dead(exit_.loop)
        ):
            raise wrong_loop(exit_.binding.label, exit_.loop, backend)


def _is_stranded(exit_: Exit) -> bool:
    """Tell whether the loop it was opened on is gone, so that no waiting will close it."""
    return exit_.loop is not None and is_dead(exit_.loop)


def _everything_in(scope: Scope) -> Iterable[Exit]:
    yield from list(scope.exits.values())
    for child in list(scope.children):
        yield from _everything_in(child)


def _close_contents(
    engine: Any, scope: Scope, outcome: BaseException | None, is_async: bool
) -> Steps[BaseException | None]:
    failed: list[BaseException] = []
    for child in sorted(scope.children, key=lambda child: -child.number):
        error = yield from leave(engine, child, outcome, is_async)
        if error is not None and error is not outcome:
            failed.append(error)
    while scope.inflight:
        claim = next(iter(scope.inflight.values()), None)
        if claim is None:
            break
        if claim in opening.get():  # closed from inside an opening: what is being opened here is refused when it ends
            with engine.lock:
                scope.inflight = {k: c for k, c in scope.inflight.items() if c not in opening.get()}
            continue
        yield from _wait_out(claim.done, is_async)
    limit_s = engine.close_timeout if scope.parent is None else None
    closer = Closer(outcome, engine.place(scope), limit_s)
    closer.report.failed += failed
    yield from close_exits(scope, list(scope.exits.values()), closer)
    return closer.report.settle(outcome)


def _wait_out(latch: Latch, is_async: bool) -> Steps[None]:
    if not latch.is_set:
        yield (latch.wait_out() if is_async else latch)


def close_exits(scope: Scope, exits: list[Exit], closer: Closer) -> Steps[None]:
    """Close those of *exits*, given in order of opening, that *scope* is the last to hold; never raises."""
    ordered = in_closing_order(sorted(exits, key=_opened_at)) if scope.unordered else exits[::-1]
    for exit_ in ordered:
        if exit_.done:
            continue
        if exit_.managed is None:
            yield from closer.close(exit_)
        elif release(exit_.managed, scope):
            yield from _close_managed(exit_, closer)


def _opened_at(exit_: Exit) -> float:
    return exit_.opened_at


def _close_managed(exit_: Exit, closer: Closer) -> Steps[None]:
    claim = begin_close(exit_.managed)
    token = opening.set((*opening.get(), claim))
    try:
        yield from closer.close(exit_)
    finally:
        opening.reset(token)
        end_close(exit_.managed, claim)


def close_some(
    engine: Any, scope: Scope, places: Iterable[Any], outcome: BaseException | None
) -> Steps[list[BaseException]]:
    """
    Close what stands at *places* in the exits of *scope*, in order, while the scope stays open.

    Returns:
        The errors that closing code raised, in order of closing.
    """
    with engine.lock:
        exits = []
        for place in places:
            exit_ = scope.exits.pop(place, None)
            if exit_ is not None:
                exits.append(exit_)
                if exit_.managed is None:
                    scope.cache.pop(place, None)
        forget_dependents(engine, scope, exits)
    closer = Closer(outcome, engine.place(scope), engine.close_timeout if scope.parent is None else None)
    yield from close_exits(scope, exits, closer)
    return closer.report.failed


def forget_dependents(engine: Any, scope: Scope, exits: Iterable[Exit]) -> None:
    """Under the engine's lock: drop from *scope* the plain values that were made from *exits*, about to be closed."""
    closed = [exit_.binding.key for exit_ in exits if exit_.managed is None]
    for key in engine.graph.dependents(*closed) if closed else ():
        if key not in scope.exits and key not in scope.records:
            scope.cache.pop(key, None)


def close_by_hand(record: Any) -> Steps[None]:
    """
    Close *record* because the user asked for it; it is owed no more. A no-op where it is not open.

    Raises:
        WrongLoopError: it belongs to another loop.
        BaseException: what its closing code raised, as it is.
    """
    while True:
        with record.engine.lock:
            claim, exit_ = record.claim, record.exit
            holders = record.holders
            if claim is None and record.is_open:
                record.holders = []
                break
        if claim is None:
            return
        yield claim.joined()
    closer = Closer(None, record.engine.place(record.home or holders[0]), None)
    yield from _close_managed(exit_, closer)
    if closer.report.failed:
        raise closer.report.failed[0]
    if closer.report.cancelled is not None:
        raise closer.report.cancelled
