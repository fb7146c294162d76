"""
Eager start: open several resources, independent ones at the same time, all or nothing (L4, L63, L64).

Every resource is launched at once and waits for what it needs, so the makespan is that of the critical path;
`max_parallel` bounds how many openings run their user code at a time.
"""

import functools
import time
from collections import deque
from collections.abc import Sequence
from typing import Any

from tenure.errors import AsyncInSyncError, add_note, attach_closing_errors
from tenure.events import StartBegan, StartEnded
from tenure.keys import Key
from tenure.lifecycle.claim import Claim
from tenure.lifecycle.effects import Steps, adrive, drive
from tenure.lifecycle.latch import Latch
from tenure.model.binding import AMBIENT, SINGLETON, TRANSIENT, Binding, Make
from tenure.runtime import emptying, managed, opening
from tenure.runtime.paths import CHAIN, note_path
from tenure.runtime.records import is_managed
from tenure.runtime.scope import Scope
from tenure.runtime.turns import Start, StartAborted, start_of


def eager_keys(engine: Any) -> list[Key]:
    """Return the keys of every singleton resource, in order of binding."""
    return [b.key for b in list(engine.graph) if b.lifecycle is not None and b.lifetime == SINGLETON]


def to_open(engine: Any, scope: Scope, keys: Sequence[Key]) -> list[Binding]:
    """Return what a start of *keys* in *scope* opens, dependencies first; the graph is checked on the way."""
    wanted = set(keys)
    return [
        binding
        for binding in engine.graph.order(keys)
        if binding.lifecycle is not None
        and binding.lifetime != TRANSIENT
        and (binding.key in wanted or _lives_in(binding, scope))
    ]


def _lives_in(binding: Binding, scope: Scope) -> bool:
    if binding.lifetime == AMBIENT:
        return True
    return binding.lifetime == (SINGLETON if scope.parent is None else scope.name)


def start(engine: Any, scope: Scope, keys: Sequence[Key]) -> None:
    """Open *keys* one after the other on this thread; close what was opened and raise if one fails."""
    bindings = to_open(engine, scope, keys)
    _refuse_async(bindings)
    before = set(scope.exits)
    began = _tell_began(engine, scope, bindings)
    try:
        for binding in bindings:
            engine.resolvers[binding.key](scope)
    except BaseException as error:
        _explain(engine, bindings, error)
        drive(_roll_back(engine, scope, before, error))
        _tell_ended(engine, scope, began, error)
        raise
    _tell_ended(engine, scope, began, None)


def _refuse_async(bindings: Sequence[Binding]) -> None:
    labels = [b.label for b in bindings if b.make is Make.AWAIT or (b.lifecycle is not None and b.lifecycle.is_async)]
    if labels:
        raise AsyncInSyncError(labels, "open", "`async with container`, or `await container.start()`")


async def astart(engine: Any, scope: Scope, keys: Sequence[Key], max_parallel: int | None) -> None:
    """
    Open *keys*, independent ones at the same time.

    Raises:
        BaseException: the first failure, the others told in its notes; everything that was opened is closed again.
    """
    run = Start(max_parallel)
    bindings = to_open(engine, scope, keys)
    before = set(scope.exits)
    began = _tell_began(engine, scope, bindings)
    token = start_of.set(run)
    try:
        launched = [_launch(engine, scope, binding) for binding in bindings]
    finally:
        start_of.reset(token)
    error = await _outcome([claim for claim in launched if claim is not None], run)
    if error is not None:
        _explain(engine, bindings, error)
        await adrive(_roll_back(engine, scope, before, error))
        _tell_ended(engine, scope, began, error)
        raise error
    _tell_ended(engine, scope, began, None)


def _launch(engine: Any, scope: Scope, binding: Binding) -> Any:
    home = engine.root if binding.lifetime == SINGLETON else scope
    if is_managed(binding):
        return managed.launch(engine, binding, home)
    claim, is_mine = opening.claim_for(engine, binding, home)
    if claim is not None and is_mine:
        opening.launch(engine, binding, home, claim)
    return claim


async def _outcome(claims: Sequence[Claim], run: Start) -> BaseException | None:
    """Wait for every claim, whoever cancels; return what the start has to raise."""
    ended: deque[Claim] = deque()
    signal = [Latch()]

    def note(claim: Claim) -> None:
        ended.append(claim)
        signal[0].set()

    for claim in claims:
        claim.done.then(functools.partial(note, claim))
    cancelled: BaseException | None = None
    errors: list[BaseException] = []
    for _ in claims:
        while not ended:
            signal[0] = Latch()
            if not ended:
                saved = await signal[0].wait_out()
                cancelled = saved or cancelled
                run.aborted = run.aborted or saved is not None
        error = ended.popleft().error
        if error is not None:
            run.aborted = True
            if not isinstance(error, StartAborted) and all(error is not known for known in errors):
                errors.append(error)
    first = [cancelled] if cancelled is not None else []
    first += errors
    for other in first[1:]:
        add_note(first[0], f"while starting: {type(other).__name__}: {other}")
    return first[0] if first else None


def _explain(engine: Any, bindings: Sequence[Binding], error: BaseException) -> None:
    """Tell on *error* the way to what failed, from whatever of this start is made last of it."""
    failed = getattr(error, CHAIN, ())
    if isinstance(error, Exception) and failed:
        note_path(error, failed[0].key, engine.graph)


def _roll_back(engine: Any, scope: Scope, before: set[Any], error: BaseException) -> Steps[None]:
    failed = yield from emptying.close_some(engine, scope, [key for key in scope.exits if key not in before], error)
    attach_closing_errors(error, failed)


def _tell_began(engine: Any, scope: Scope, bindings: Sequence[Binding]) -> float:
    now = time.perf_counter()
    if engine.notify is not None:
        engine.notify(StartBegan(now, scope.name, scope.number, tuple(binding.key for binding in bindings)))
    return now


def _tell_ended(engine: Any, scope: Scope, began: float, error: BaseException | None) -> None:
    if engine.notify is not None:
        now = time.perf_counter()
        engine.notify(StartEnded(now, scope.name, scope.number, now - began, error))
