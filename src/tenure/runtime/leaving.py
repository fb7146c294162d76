"""
Leave a scope: refuse newcomers, wait for what is under way, close children, then everything owned, in order.

The state is swapped before the first close (design rule 7): who comes later joins the closing or is refused. A root
drains first: as long as scopes inside it are open, only what none of them needs is closed, so that a server can finish
what it has accepted; what is still open after that is cut off, and sees an error.
"""

import time
from typing import Any

from tenure.errors import AsyncInSyncError, ContainerClosedError, ResourceEndedError, closing_errors
from tenure.lifecycle.backends import is_cancellation, is_dead, running
from tenure.lifecycle.circles import waits_for_own_code
from tenure.lifecycle.claim import Claim, is_part_of, openings
from tenure.lifecycle.closing import Closer, refuse_other_loop
from tenure.lifecycle.effects import Steps, WaitedOut
from tenure.lifecycle.exits import Exit
from tenure.lifecycle.latch import Latch
from tenure.notes import attach_closing_errors
from tenure.runtime.draining import drain
from tenure.runtime.emptying import close_exits
from tenure.runtime.registry import orphan
from tenure.runtime.scope import Ending, Scope, State, closing, every_scope, live_chain
from tenure.runtime.setting_aside import leave_behind


def leave(
    engine: Any, scope: Scope, outcome: BaseException | None, is_async: bool, limit_s: float | None = None
) -> Steps[BaseException | None]:
    """
    Close *scope* with everything in it.

    Args:
        engine: the engine of *scope*.
        scope: in any state; one that is closed stays closed, one that another task closes is waited for (L15).
        outcome: the error that ended its body, or None.
        is_async: whether something can be awaited here.
        limit_s: seconds for closing each resource that sets no limit of its own; None: no limit, for the root that of
            the container.

    Returns:
        The error to raise, *outcome* itself among the possible ones, or None.

    Raises:
        AsyncInSyncError: nothing can be awaited here, and something would have to be; nothing was closed (L51).
        WrongLoopError: something belongs to another loop that still runs; nothing was closed.
    """
    _refuse_the_impossible(scope, is_async)
    with engine.lock:
        ending, is_mine = scope.ending, scope.state is State.OPEN
        if is_mine:
            ending = scope.ending = scope.ending or Ending(None)
            ending.loop, ending.is_swift = _running_loop(), False
            scope.state = State.CLOSING if scope.parent is not None else State.DRAINING
    if not is_mine:
        return (yield from _join(scope, ending, outcome))
    failure: BaseException | None = None
    try:
        if engine.notify is not None:
            from tenure.events import ScopeLeaving  # noqa: PLC0415 - somebody looks on, and `observe` has imported it

            engine.notify(ScopeLeaving(time.perf_counter(), scope.name, scope.number, outcome))
        if scope.parent is None:
            limit_s = engine.close_timeout
        failure = yield from _close_contents(engine, scope, outcome, is_async, limit_s)
        return failure
    finally:
        _finish(engine, scope, ending, outcome, failure)
        del failure, ending  # tracebacks of closing code lead to this frame, and it must not lead back (L16)


def left_empty(engine: Any, scope: Scope, outcome: BaseException | None) -> bool:
    """Leave *scope* at once where nothing in it is open, being opened, or could be; return whether that was so."""
    with engine.lock:
        if scope.state is not State.OPEN or engine.stash:
            return False
        if scope.exits or scope.inflight or scope.children or scope.records:
            return False
        scope.state = State.CLOSED
        scope.values.clear()
        scope.cache.clear()
        if scope.parent is not None:
            scope.parent.children.pop(scope, None)
    if engine.notify is not None:
        from tenure.events import ScopeLeaving, ScopeLeft  # noqa: PLC0415 - somebody looks on, and `observe` has imported it

        now = time.perf_counter()
        engine.notify(ScopeLeaving(now, scope.name, scope.number, outcome))
        engine.notify(ScopeLeft(now, scope.name, scope.number, outcome))
    return True


def _running_loop() -> Any:
    backend = running()
    return backend.token() if backend is not None else None


def _join(scope: Scope, ending: Ending | None, outcome: BaseException | None) -> Steps[BaseException | None]:
    """Closing what is closed is a no-op; closing what is being closed shares its end (L15)."""
    inside = _is_inside(scope)
    failure, scope.cut_off = scope.cut_off, None
    if ending is not None and not ending.is_set and not inside:  # a resource's own code must not wait for itself
        yield ending
        failure = failure or ending.failure
    return outcome if outcome is not None else failure


def _is_inside(scope: Scope) -> bool:
    """Tell whether the running code opens or closes what belongs to *scope*, or to one inside or around it."""
    around = [each for other in closing.get() for each in live_chain(other)]
    if scope in around or any(each in closing.get() for each in live_chain(scope)):
        return True
    return any(
        claim in scope.inflight.values() or getattr(claim.subject, "home", None) is scope for claim in openings()
    )


def _finish(
    engine: Any, scope: Scope, ending: Ending | None, outcome: BaseException | None, failure: BaseException | None
) -> None:
    with engine.lock:
        scope.state = State.CLOSED
        for record in (*scope.records.values(), *leave_behind(engine, scope)):
            orphan(record.obj, scope.subject)
        for table in (scope.exits, scope.records, scope.values, scope.cache):
            table.clear()
        scope.ending = None  # an error that stayed here would keep its frames, and they the scope (L16)
        if scope.parent is not None:
            scope.parent.children.pop(scope, None)
    if engine.notify is not None:
        from tenure.events import ScopeLeft  # noqa: PLC0415 - somebody looks on, and `observe` has imported it

        engine.notify(ScopeLeft(time.perf_counter(), scope.name, scope.number, outcome))
    if ending is not None:
        ending.failure = failure if failure is not outcome else None
        ending.set()


def _refuse_the_impossible(scope: Scope, is_async: bool) -> None:
    if not is_async:
        _refuse_to_block(scope)
    if scope.state is not State.OPEN:
        return
    exits = [exit_ for each in every_scope(scope) for exit_ in list(each.exits.values()) if not exit_.is_bare]
    owed = [exit_ for exit_ in exits if not exit_.done and exit_.needs_await]
    if not owed:
        return
    if not is_async:
        labels = dict.fromkeys(exit_.binding.label for exit_ in owed if not _is_stranded(exit_))
        if labels:
            raise AsyncInSyncError(list(labels), "close", "`async with`, or `await container.aclose()`")
        return
    for exit_ in owed:
        if not _is_stranded(exit_):
            refuse_other_loop(exit_)


def _refuse_to_block(scope: Scope) -> None:
    """Raise where waiting on this thread would stop the loop that has to end what is waited for."""
    backend = running()
    if backend is None or (scope.state is not State.OPEN and _is_inside(scope)):
        return
    loop, within = backend.token(), every_scope(scope)
    claims = [claim for each in within for claim in list(each.inflight.values())]
    under_way = [c.binding.label for c in claims if c.loop is loop and not c.done.is_set and not _is_of_own_code(c)]
    if under_way:
        raise AsyncInSyncError(under_way, "close", "`await container.aclose()`: another task is opening it")
    ending = [each.subject for each in within if each.ending is not None and each.ending.loop is loop]
    if ending and not _is_inside(scope):
        raise AsyncInSyncError(ending, "close", "`await container.aclose()`: another task is closing it")


def _is_stranded(exit_: Exit) -> bool:
    """Tell whether the loop it was opened on is gone, so that no waiting will close it."""
    return exit_.loop is not None and is_dead(exit_.loop)


def _close_contents(
    engine: Any, scope: Scope, outcome: BaseException | None, is_async: bool, limit_s: float | None
) -> Steps[BaseException | None]:
    closer = Closer(outcome, engine.place(scope), limit_s)
    if scope.parent is None:
        yield from _openings_ended(engine, scope, closer, is_async)
        token = closing.set((*closing.get(), scope))
        try:
            yield from drain(engine, scope, closer)
        finally:
            closing.reset(token)
    with engine.lock:
        scope.state = State.CLOSING
        scope.cache.clear()  # a hit from here on would hand out what is about to be closed
        if scope.parent is None:
            engine.refuse_from_now_on()
    yield from _cut_off_children(engine, scope, closer, is_async, limit_s)
    yield from _openings_ended(engine, scope, closer, is_async)
    token = closing.set((*closing.get(), scope))
    try:
        yield from close_exits(scope, list(scope.exits.values()), closer)
    finally:
        closing.reset(token)
    return _told_of_the_end(closer.report.settle(outcome))


def _told_of_the_end(failure: BaseException | None) -> BaseException | None:
    """Return what a resource that ended by itself failed of, if that shows now, instead of the error that says so."""
    failed = closing_errors(failure) if isinstance(failure, ResourceEndedError) else ()
    if not failed:
        return failure
    attach_closing_errors(failed[0], failed[1:])
    return failed[0]


def _cut_off_children(engine: Any, scope: Scope, closer: Closer, is_async: bool, limit_s: float | None) -> Steps[None]:
    """
    Close the scopes that are still open inside *scope*; what their resources see is an error, so that they undo.

    They keep to its limit, for the one who waits is not the one who entered them (L62).
    """
    for child in sorted(scope.children, key=lambda child: -child.number):
        shown = closer.outcome or ContainerClosedError(scope.subject, "closing")
        with engine.lock:
            ending, is_open = child.ending, child.state is State.OPEN  # a look at the first may change the second
            if is_open:  # now, for its body may end, and must learn of it, before all is closed
                child.cut_off = ContainerClosedError(child.subject, "closed")
        if not is_open:
            if ending is not None and not _is_inside(child):
                closer.report.take_up((yield from _interrupted(ending)))
            continue
        failure = yield from leave(engine, child, shown, is_async, limit_s)
        if failure is not None and failure is not shown:
            closer.report.failed.append(failure)
        elif closer.outcome is None:  # *shown* leaves to nobody
            for error in closing_errors(shown):
                if is_cancellation(error):
                    closer.report.take_up(error)
                else:
                    closer.report.failed.append(error)


def _openings_ended(engine: Any, scope: Scope, closer: Closer, is_async: bool) -> Steps[None]:
    """Wait for the openings under way, as long as `patience` goes."""
    if scope.inflight:
        from tenure.runtime.patience import openings_ended  # noqa: PLC0415 - few scopes are left while one opens

        yield from openings_ended(engine, scope, closer, _is_of_own_code, is_async)


def _interrupted(latch: Latch) -> Steps[BaseException | None]:
    """Wait for *latch*; return what came meanwhile, for closing goes on (L10)."""
    try:
        interruption: BaseException | None = yield WaitedOut(latch)
    except KeyboardInterrupt as error:
        return error
    return interruption


def _is_of_own_code(claim: Claim) -> bool:
    """Tell whether the running code is part of *claim*, or *claim* waits for what it is part of."""
    return is_part_of(claim) or claim.is_own or waits_for_own_code(claim)
