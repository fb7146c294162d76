"""Make a value: its dependencies, the call of its target, its opening when a start under way lets it."""

from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from typing import Any

from tenure.errors import AsyncInSyncError, ContainerClosedError
from tenure.lifecycle.backends import running
from tenure.lifecycle.claim import Claim
from tenure.lifecycle.effects import Steps, waited
from tenure.lifecycle.exits import Exit, next_number
from tenure.lifecycle.opening import open_resource
from tenure.lifecycle.owner import Owner
from tenure.model.binding import Binding, Make
from tenure.runtime import records
from tenure.runtime.degrading import is_spared, unavailable
from tenure.runtime.needing import exit_of, needs_of, tell_owners
from tenure.runtime.refusing import refuse_unforeseen
from tenure.runtime.scope import Scope
from tenure.runtime.turns import has_turn, start_now

below_is_ready: ContextVar[bool] = ContextVar("tenure.ready", default=False)
"""Whether the running code makes a long chain from its deep end, so that whatever it meets is one step deep."""


class StartOver(BaseException):
    """
    Something that an opening needs was replaced before all of it was there: whoever wants it begins anew.

    Never leaves Tenure, but ends opening code that asks for what is replaced just then.

    Attributes:
        claim: the opening that is begun anew, None for the innermost one.
    """

    __tenure_never_leaves__ = True

    def __init__(self, claim: Claim | None = None) -> None:
        super().__init__()
        self.claim = claim


def is_failure_of_start(claim: Claim, error: BaseException) -> bool:
    """Tell whether a start fails of *error*, which ended the opening *claim*."""
    return not (claim.is_cut_off or is_spared(claim.binding, error) or isinstance(error, StartOver))


def made(
    engine: Any, binding: Binding, home: Scope, claim: Claim, is_async: bool, owner: Owner | None
) -> Steps[tuple[Any, Exit | None]]:
    """Return the value of *binding* and its exit; an optional resource that fails is unavailable."""
    try:
        return (yield from _make(engine, binding, home, claim, is_async, owner))
    except Exception as error:
        if not binding.options.optional or isinstance(error, ContainerClosedError | AsyncInSyncError):
            raise
        raise unavailable(binding, error, engine.place(home), next_number()) from error


def _make(
    engine: Any, binding: Binding, home: Scope, claim: Claim, is_async: bool, owner: Owner | None
) -> Steps[tuple[Any, Exit | None]]:
    resources = engine.plans.facts(binding).resources if binding.lifecycle is not None else ()
    call = engine.preparer(binding, is_async)(home)
    if is_async:
        call = yield from waited(call)
    with engine.lock:
        if claim.starts_over:
            raise StartOver
        claim.is_prepared = True
    # now, for a replacement of one of them may come or go before it is open
    claim.needs += [exit_ for each in resources if (exit_ := exit_of(engine, each.key, home)) is not None]
    token = below_is_ready.set(False)  # what the user's code asks for at run time was not made ready
    try:
        return (yield from _make_called(engine, binding, home, claim, _called(binding, call, is_async), owner))
    finally:
        below_is_ready.reset(token)


def _make_called(
    engine: Any, binding: Binding, home: Scope, claim: Claim, make: Callable[[], Steps[Any]], owner: Owner | None
) -> Steps[tuple[Any, Exit | None]]:
    if binding.lifecycle is None:
        return (yield from make()), None
    if records.is_managed(binding):
        made = yield from make()
        records.adopt(engine, binding, home, made)
        return made, None
    exit_ = yield from open_in_turn(engine, binding, home, claim, make, owner is not None)
    tell_owners(exit_, owner)
    return exit_.value, exit_


def _called(binding: Binding, call: Callable[[], Any], is_async: bool) -> Callable[[], Steps[Any]]:
    def make() -> "Steps[Any]":  # quoted: else worked out each time
        made = call()
        if binding.make is Make.AWAIT or (binding.make is Make.MAYBE and is_async and isinstance(made, Awaitable)):
            made = yield from waited(made)
        elif not is_async:
            refuse_unforeseen(binding, made)
        return made

    return make


def open_in_turn(
    engine: Any, binding: Binding, home: Scope, claim: Claim, make: Callable[[], Steps[Any]], is_owned: bool
) -> Steps[Exit]:
    """
    Open what *make* gives when the eager start, if one is under way, lets it; return its exit.

    Args:
        engine: the engine of *home*.
        binding: a resource.
        home: who will owe it.
        claim: the opening that this is.
        make: gives the steps that make what is then opened.
        is_owned: whether this runs in an owner task, which nobody can cancel: it must notice when nobody waits.
    """
    start = None if has_turn.get() else start_now()
    if start is not None:
        yield from start.enter()
    token = has_turn.set(True)
    try:
        exit_ = yield from open_resource(
            binding,
            make,
            engine.place(home),
            lambda: needs_of(engine, binding, home, claim),
            claim if is_owned else None,
        )
    except BaseException as error:
        if start is not None and is_failure_of_start(claim, error):
            start.fail(error)  # now, before the turn is handed on: nothing new begins (L64)
        raise
    finally:
        has_turn.reset(token)
        if start is not None:
            start.turns.leave()
    if exit_.binding.lifecycle is not None and exit_.binding.lifecycle.is_async:
        backend = running()
        exit_.loop = backend.token() if backend is not None else None
    if home.parent is None:
        exit_.opened_by = claim.asked_by
    records.note_dependent(engine, binding, home, exit_)
    for below in claim.lazy:
        if not below.is_open and exit_ not in below.late:
            below.late.append(exit_)
    return exit_
