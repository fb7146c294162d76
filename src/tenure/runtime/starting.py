"""
Eager start: open several resources, independent ones at the same time, all or nothing (L4, L63, L64).

Every resource is launched at once and waits for what it needs, so the makespan is that of the critical path;
`max_parallel` bounds how many openings run their user code at a time.
"""

import functools
import time
from collections.abc import Iterable, Sequence
from typing import Any

from tenure.errors import AsyncInSyncError, ResourceUnavailableError
from tenure.events import StartBegan, StartEnded
from tenure.keys import Key
from tenure.lifecycle.backends import current
from tenure.lifecycle.claim import Claim
from tenure.lifecycle.effects import adrive, drive
from tenure.lifecycle.latch import Latch
from tenure.model.binding import SINGLETON, TRANSIENT, Binding, Make
from tenure.runtime.degrading import is_spared
from tenure.runtime.launching import Launch, launch_all
from tenure.runtime.life import life_of
from tenure.runtime.making import below_is_ready
from tenure.runtime.paths import CHAIN, note_path
from tenure.runtime.patience import START, Patience, loop_time, patience_of, seconds_to
from tenure.runtime.records import find_record, home_of, is_managed
from tenure.runtime.refusing import is_live
from tenure.runtime.rolling_back import roll_back
from tenure.runtime.scope import Scope
from tenure.runtime.turns import Start, start_of


def eager_keys(engine: Any) -> list[Key]:
    """Return the keys of every singleton resource, in order of binding."""
    return [b.key for b in list(engine.graph) if b.lifecycle is not None and b.lifetime == SINGLETON]


def to_open(engine: Any, scope: Scope, keys: Sequence[Key]) -> list[Launch]:
    """
    Return what a start of *keys* in *scope* opens and where, dependencies first.

    What is open already, here or in a scope around its home, is left out. The graph is checked on the way.
    """
    order = engine.graph.order(keys)
    homes: dict[Key, dict[Scope, None]] = {}
    for key in keys:
        binding = engine.graph.require(key)
        homes.setdefault(binding.key, {})[home_of(engine, binding, scope)] = None
    for binding in reversed(order):
        for edge in engine.graph.edges(binding):
            for _, source in edge.sources:
                for home in homes.get(binding.key, ()):
                    homes.setdefault(source.key, {})[home_of(engine, source, home)] = None
    return [
        (binding, home)
        for binding in order
        if binding.lifecycle is not None and binding.lifetime != TRANSIENT
        for home in homes.get(binding.key, ())
        if not _is_open(engine, binding, home)
    ]


def _is_open(engine: Any, binding: Binding, home: Scope) -> bool:
    if is_managed(binding):
        record = find_record(engine, binding, home)
        return record is not None and record.is_open
    return is_live(engine, binding, home)


def start(
    engine: Any, scope: Scope, keys: Sequence[Key], *, parallel: bool = False, max_parallel: int | None = None
) -> None:
    """
    Open *keys* without an event loop; close what was opened and raise if one fails.

    Args:
        engine: the engine of *scope*.
        scope: which owns what is opened.
        keys: bound ones.
        parallel: whether independent ones open at the same time, on threads; else one after the other on this one.
        max_parallel: how many threads at a time, >= 1; None: a usual number.

    Raises:
        BaseException: the first failure, or a KeyboardInterrupt or SystemExit; the others travel with it.
    """
    launches = to_open(engine, scope, keys)
    _refuse_async(launches)
    began, run = _tell_began(engine, scope, launches), Start(None)
    tokens = start_of.set(run), below_is_ready.set(True)
    try:
        if parallel:
            from tenure.runtime.starting_threads import open_all  # noqa: PLC0415 - rarely needed

            open_all(engine, launches, run, max_parallel)
        else:
            _open_in_order(engine, launches, run)
    except BaseException as error:  # noqa: BLE001 - Ctrl-C; raised when all is closed again
        run.fail(error)
    finally:
        start_of.reset(tokens[0])
        below_is_ready.reset(tokens[1])
    errors = list(run.failures)
    failure = _undone_sync(engine, scope, run, errors) if errors else None
    run.end()
    _tell_ended(engine, scope, began, failure)
    if failure is not None:
        try:
            raise failure
        finally:
            del failure, errors  # its traceback holds this frame (L16)


def _open_in_order(engine: Any, launches: Sequence[Launch], run: Start) -> None:
    for binding, home in launches:
        try:
            engine.resolvers[binding.key](home)
        except ResourceUnavailableError as error:
            if error.key != binding.key:
                run.fail(error)
        except BaseException as error:  # noqa: BLE001 - raised when all is closed again
            run.fail(error)
        if run.aborted:
            return


def _undone_sync(engine: Any, scope: Scope, run: Start, errors: Sequence[BaseException]) -> BaseException:
    _explain_all(engine, errors)
    return drive(roll_back(engine, scope, run, errors))


def _refuse_async(launches: Sequence[Launch]) -> None:
    labels = [
        b.label for b, _ in launches if b.make is Make.AWAIT or (b.lifecycle is not None and b.lifecycle.is_async)
    ]
    if labels:
        raise AsyncInSyncError(labels, "open", "`async with container`, or `await container.start()`")


async def astart(engine: Any, scope: Scope, keys: Sequence[Key], max_parallel: int | None) -> None:
    """
    Open *keys*, independent ones at the same time.

    Raises:
        BaseException: the first failure, or a KeyboardInterrupt or SystemExit among the failures; the others travel
            with it. Everything that was opened is closed again.
    """
    await current().sleep(0)  # who is cancelled already opens nothing (L34)
    run = Start(max_parallel)
    launches = to_open(engine, scope, keys)
    began = _tell_began(engine, scope, launches)
    errors = await _outcome(engine, launches, run)
    if errors:
        _explain_all(engine, errors)
        failure = await adrive(roll_back(engine, scope, run, errors))
        run.end()
        _tell_ended(engine, scope, began, failure)
        try:
            raise failure
        finally:
            del failure, errors  # its traceback holds this frame (L16)
    run.end()
    _tell_ended(engine, scope, began, None)


async def _outcome(engine: Any, launches: Sequence[Launch], run: Start) -> list[BaseException]:
    """
    Launch all and wait for every claim, whoever cancels; return what went wrong, in order.

    A cancellation of the start is among it. What was replaced before it was there is launched once more. Once it is
    off, what is under way is waited for as long as `patience` goes.
    """
    ended: list[Claim] = []
    homes: dict[Claim, Scope] = {}
    signal = [Latch()]
    patience = patience_of(engine, START)

    def note(claim: Claim) -> None:
        if claim not in homes:  # it was left to somebody else
            return
        if claim.error is not None and not is_spared(claim.binding, claim.error):
            run.fail(claim.error)  # now, not when this task wakes up: nothing new begins (L64)
        ended.append(claim)
        signal[0].set()

    while launches or homes:
        begun = {} if run.aborted else launch_all(engine, launches, run)
        homes.update(begun)
        for claim in begun:
            claim.has_listener = claim.is_told = True
            claim.done.then(functools.partial(note, claim))
        signal[0] = Latch()
        if homes and not ended:
            await _waited(run, homes, signal[0], patience)
        over = [(claim, homes.pop(claim)) for claim in ended]
        ended.clear()
        launches = [(engine.graph.require(each.binding.key), home) for each, home in over if each.is_over_again]
    return list(run.failures)


async def _waited(run: Start, homes: dict[Claim, Scope], signal: Latch, patience: Patience) -> None:
    """Wait until *signal* opens, or the time of what holds up one of *homes*, the openings of *run*, is over."""
    if not run.aborted:
        try:
            await signal.wait()
        except BaseException as error:
            if not (isinstance(error, KeyboardInterrupt) or current().is_cancellation(error)):
                raise
            run.fail(error)
        return
    culprit, end = patience.first_over(_below(homes))
    interruption = await signal.wait_out(seconds_to(end))
    if interruption is not None:
        run.fail(interruption)
    if signal.is_set or culprit.done.is_set or loop_time() < end or culprit.inner is not None:
        return  # the last is between two claims that it stands for
    if culprit.opener is not None and culprit.opener.begun_by is run:
        overran = patience.overrun(culprit, culprit.opener.home, None)
        if overran is not None:
            run.fail(overran)
        return
    for claim in [claim for claim in homes if culprit in _below((claim,))]:
        del homes[claim]  # somebody else opens it: he gets it, and the rolling back looks whom he took it from


def _below(claims: Iterable[Claim]) -> dict[Claim, None]:
    """Return those of *claims* that are under way, and what they wait for."""
    found: dict[Claim, None] = {}
    stack = list(claims)
    while stack:
        claim = _at_work(stack.pop())
        if claim not in found and not claim.done.is_set:
            found[claim] = None
            stack.extend(claim.awaited())
    return found


def _at_work(claim: Claim) -> Claim:
    inner = claim.inner() if claim.inner is not None else None
    return claim if inner is None or inner.done.is_set else inner


def _explain_all(engine: Any, errors: Sequence[BaseException]) -> None:
    """Tell on each of *errors* the way to what failed, from whatever of this start is made last of it."""
    for error in errors:
        failed = getattr(error, CHAIN, ())
        if failed:
            note_path(error, failed[0].key, engine.graph)


def _tell_began(engine: Any, scope: Scope, launches: Sequence[Launch]) -> float:
    now = time.perf_counter()
    if engine.notify is not None:
        engine.notify(StartBegan(now, scope.name, scope.number, tuple(binding.key for binding, _ in launches)))
    if scope is engine.root:
        life_of(engine).n_starting += 1
    return now


def _tell_ended(engine: Any, scope: Scope, began: float, error: BaseException | None) -> None:
    if scope is engine.root:
        life_of(engine).n_starting -= 1
        if error is None:
            life_of(engine).started = scope.number
    if engine.notify is not None:
        now = time.perf_counter()
        engine.notify(StartEnded(now, scope.name, scope.number, now - began, error))
