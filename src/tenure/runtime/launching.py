"""
Launch what an eager start opens: each resource in a task of its own, which waits for what it needs.

The claims that are returned tell when each ended, and how.
"""

import contextvars
from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

from tenure.keys import Key
from tenure.lifecycle.claim import Claim
from tenure.lifecycle.effects import Steps, waited
from tenure.lifecycle.exits import Asked, asking_stack
from tenure.lifecycle.owner import Owner
from tenure.model.binding import Binding
from tenure.runtime import opening, owned
from tenure.runtime.fulfilling import shared_failure
from tenure.runtime.making import below_is_ready
from tenure.runtime.managed import agetter
from tenure.runtime.records import find_record, is_managed
from tenure.runtime.scope import Scope
from tenure.runtime.turns import Start, joined, start_of

Launch: TypeAlias = tuple[Binding, Scope]
"""A resource to open, and the scope that will own it."""


def launch_all(engine: Any, launches: Sequence[Launch], run: Start) -> dict[Claim, Scope]:
    """
    Launch what is not there, and note it in *run*, as what goes wrong.

    Args:
        engine: the engine of the scopes.
        launches: what to open and where, dependencies first.
        run: the start that this is part of; what is opened has its turn there.

    Returns:
        What is under way, opened by this start or by somebody else, and the scope that it will belong to.
    """
    tokens = start_of.set(run), below_is_ready.set(True)
    begun: dict[Claim, Scope] = {}
    by_key: dict[Key, Claim] = {}
    asked = asking_stack()  # the same for all of them
    try:
        for binding, home in launches:
            claim = _launch(engine, binding, home, by_key, asked)
            if claim is not None:
                begun[claim] = home
                by_key[binding.key] = claim
    except BaseException as error:  # noqa: BLE001 - raised when what was begun has ended
        run.fail(error)
    finally:
        start_of.reset(tokens[0])
        below_is_ready.reset(tokens[1])
        run.claims += begun
    return begun


def _launch(engine: Any, binding: Binding, home: Scope, launched: Mapping[Key, Claim], asked: Asked) -> Claim | None:
    if is_managed(binding):
        below = [launched[each.key] for each in engine.plans.facts(binding).resources if each.key in launched]
        return _launch_object(engine, binding, home, below)
    claim, is_mine = opening.claim_for(engine, binding, home, asked=asked)
    if claim is not None and is_mine:
        owned.launch(engine, binding, home, claim)
    return claim


def _launch_object(engine: Any, binding: Binding, home: Scope, below: Sequence[Claim]) -> Claim:
    """
    Make and open a managed binding in a task of its own; the claim that is returned tells when and how it ended.

    Args:
        engine: the engine of *home*.
        binding: the managed one.
        home: where it lives.
        below: what is being opened of that which it needs. The task waits for it first: whoever runs first would open
            all that is below, one inside the other, and a chain may be longer than Python's stack.
    """
    claim = Claim(binding, binding)

    def open_(owner: Owner) -> "Steps[bool]":
        try:
            for each in below:
                yield from joined(each)
            yield from waited(agetter(engine, binding)(home))
        except BaseException as error:  # noqa: BLE001 - the claim tells it
            claim.fail(shared_failure(error, (), claim, owner) or error)
        else:
            claim.succeed()
        return False

    claim.waits_for.update(below)
    claim.inner = lambda: _under_way(engine, binding, home)
    Owner(open_, _nothing_to_close, home.crash).start(contextvars.copy_context(), binding)
    return claim


def _under_way(engine: Any, binding: Binding, home: Scope) -> Claim | None:
    """Return the claim on making the object of *binding*, or on opening it; None where neither is under way."""
    record = find_record(engine, binding, home)
    return home.inflight.get(binding.key) if record is None else record.claim


def _nothing_to_close(_: BaseException | None) -> Steps[bool]:
    return False
    yield  # a generator, as every closing is
