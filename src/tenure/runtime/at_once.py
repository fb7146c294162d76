"""
From a miss to a value at once, on this thread: what `opening` and `fulfilling` say in steps, for what is most common.

A plain value or a synchronous resource without options, nothing asynchronous below it, no start under way, nobody who
looks on. It is one claim like any other, so that others wait for it, replace it or close its scope as always; where
somebody else has the claim, the steps go on from there. `Engine.fuses = False` closes this way, and `tests/compile`
plays random programs both ways.
"""

import time
from collections.abc import Callable
from functools import partial
from typing import Any

from tenure.lifecycle.claim import Claim, opening, openings
from tenure.lifecycle.effects import drive, unwrapped
from tenure.lifecycle.exits import Exit, next_number
from tenure.lifecycle.handles import as_found, never_yields, open_handle
from tenure.model.binding import NOTHING, SINGLETON, TRANSIENT, Binding, Make, Style
from tenure.model.plan import Facts
from tenure.runtime.fulfilling import (
    end_badly,
    is_disowned,
    note_need,
    put,
    refuse_late,
)
from tenure.runtime.making import StartOver, below_is_ready
from tenure.runtime.needing import exit_of, learn, needs_of, note_fed
from tenure.runtime.opening import LONG_CHAIN, claim_for, obtain
from tenure.runtime.records import note_dependent
from tenure.runtime.refusing import refuse_async, refuse_unforeseen
from tenure.runtime.scope import Scope, current, leave_what_was_left
from tenure.runtime.turns import start_now


def may_be_made_at_once(binding: Binding) -> bool:
    """Tell whether nothing that *binding* says of itself needs the steps."""
    lifecycle, options = binding.lifecycle, binding.options
    if binding.make is not Make.CALL or binding.lifetime == TRANSIENT or options.optional or options.retry is not None:
        return False
    return lifecycle is None or not (lifecycle.opens_async or lifecycle.closes_async or lifecycle.opens_itself)


def obtain_at_once(engine: Any, binding: Binding, home: Scope, scope: Scope) -> Any:
    """
    Return the value of *binding* in *home*, made once however many ask at the same time (L2).

    Args:
        engine: the engine of *home*.
        binding: one that `may_be_made_at_once`.
        home: who will own the value.
        scope: who asks.

    Raises what `opening.obtain` raises, and AsyncInSyncError where something below has to be awaited.
    """
    facts: Facts = engine.plans.facts(binding)
    is_ready = below_is_ready.get()
    if facts.touches_async and not is_ready:
        refuse_async(engine, binding, scope)
    is_known = engine.graph.bindings.get(binding.key) is binding
    is_deep = facts.depth > LONG_CHAIN and not is_ready
    if is_deep or not is_known or engine.notify is not None or start_now() is not None:
        return drive(obtain(engine, binding, home, is_async=False))
    claim, is_mine = claim_for(engine, binding, home, n_own=3)  # this, `_missed`, and what wraps that
    if claim is None or not is_mine:
        return drive(obtain(engine, binding, home, is_async=False))
    try:
        return _fulfil(engine, binding, home, claim, facts)
    except StartOver as again:
        if again.claim in openings():
            raise
    except RuntimeError as error:
        users = unwrapped(error)
        if users is error:
            raise
        raise users from None
    return drive(obtain(engine, binding, home, is_async=False))


def _fulfil(engine: Any, binding: Binding, home: Scope, claim: Claim, facts: Facts) -> Any:
    """Make the value, open it, put it into *home*, end *claim*; the claim ends whatever happens (L43)."""
    chain = openings()
    entered = opening.set((*chain, claim)), current.set(home)
    is_watched, has_succeeded = engine.hot.watch(binding.key), False
    exit_: Exit | None = None
    try:
        call = _prepared(engine, binding, home)
        with engine.lock:
            if claim.starts_over:
                raise StartOver
            claim.is_prepared = True
        # what the user's code asks for at run time was not made ready
        ready = below_is_ready.set(False) if below_is_ready.get() else None
        try:
            if binding.lifecycle is None:
                value = call()
            else:
                exit_ = _opened(engine, binding, home, claim, call, facts)
                value = exit_.value
        finally:
            if ready is not None:
                below_is_ready.reset(ready)
        has_succeeded = True
    except BaseException as error:
        end_badly(engine, binding, home, claim, error, chain, None)
        raise
    finally:
        opening.reset(entered[0])
        current.reset(entered[1])
        leave_what_was_left()
        if is_watched:
            engine.hot.unwatch(binding.key, has_succeeded and binding.lifetime != SINGLETON)
    learn(engine, binding, claim)
    note_fed(binding, claim)
    with engine.lock:
        is_late = is_disowned(home, claim)
        if not is_late:
            put(binding, home, claim, value, exit_)
    if is_late:
        drive(refuse_late(engine, home, claim, exit_))
    note_need(chain, exit_)
    claim.succeed()
    return value


def _prepared(engine: Any, binding: Binding, home: Scope) -> Callable[[], Any]:
    """Return the 0-argument call of the target, its arguments being there."""
    if not binding.needs:
        return binding.target  # type: ignore[no-any-return]  # what is bound to be called
    edges = engine.graph.edges(binding)
    sources = [edge.source for edge in edges if edge.need.by_position]
    if len(sources) < len(edges) or any(source is None or source.options.optional for source in sources):
        call: Callable[[], Any] = engine.preparer(binding, False)(home)
        return call
    args, cache, resolvers = [], engine.root.cache, engine.resolvers
    for source in sources:
        # an object with methods of its own stands there also while it is not open
        is_settled = source.lifetime == SINGLETON and not (source.lifecycle and source.lifecycle.opens_itself)
        value = cache.get(source.key, NOTHING) if is_settled else NOTHING
        args.append(resolvers[source.key](home) if value is NOTHING else value)
    return partial(binding.target, *args)


def _opened(engine: Any, binding: Binding, home: Scope, claim: Claim, call: Callable[[], Any], facts: Facts) -> Exit:
    # now, for a replacement of one of them may come or go before it is open
    below = [e for each in facts.resources if (e := exit_of(engine, each.key, home)) is not None]
    claim.needs += below
    number = next_number()
    made = call()
    lifecycle = binding.lifecycle
    assert lifecycle is not None, "only resources are opened"
    if lifecycle.style is Style.GENERATOR:
        value = next(made, NOTHING)
        if value is NOTHING:
            raise never_yields(binding)
        exit_ = Exit(binding, value, made, number, time.perf_counter())
        exit_.is_bare = binding.options.close_timeout is None
    else:
        refuse_unforeseen(binding, made)
        found = as_found(binding, made)
        value, handle = drive(open_handle(found, made))
        exit_ = Exit(found, value, handle, number, time.perf_counter())
    if home.parent is None:
        exit_.opened_by = claim.asked_by
    _note_needs(engine, binding, home, claim, exit_, len(below) == len(facts.resources))
    return exit_


def _note_needs(engine: Any, binding: Binding, home: Scope, claim: Claim, exit_: Exit, was_all_open: bool) -> None:
    """Let *exit_* know what it was made from; *was_all_open* tells whether that was so before the code ran."""
    needs = [need for need in claim.needs if not need.done]
    if was_all_open and len(needs) == len(claim.needs) and not claim.asked and not engine.graph.learned:
        exit_.needs = tuple(dict.fromkeys(needs))
    else:
        exit_.needs = needs_of(engine, binding, home, claim)
        note_dependent(engine, binding, home, exit_)
    for record in claim.lazy:
        if not record.is_open and exit_ not in record.late:
            record.late.append(exit_)
