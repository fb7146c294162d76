"""
From a miss to a value: claim it, fulfil the claim or wait for whoever does.

One generator says it for both colours.
"""

from typing import Any

from tenure.errors import CircularDependencyError, ResourceUnavailableError
from tenure.lifecycle.circles import circle, refuse_circle
from tenure.lifecycle.claim import Claim, openings
from tenure.lifecycle.effects import Steps, waited
from tenure.lifecycle.exits import Asked, asking_stack
from tenure.model.binding import TRANSIENT, Binding
from tenure.runtime.degrading import stand_in
from tenure.runtime.fulfilling import fulfil
from tenure.runtime.making import StartOver, below_is_ready
from tenure.runtime.owned import launch, needs_owner
from tenure.runtime.refusing import is_made
from tenure.runtime.scope import Scope, closing
from tenure.runtime.turns import StartAborted, joined, start_now

_GONE: Any = object()
LONG_CHAIN = 40
"""Beyond this depth dependencies are made one by one beforehand: Python's stack is not ours to fill."""


def obtain(engine: Any, binding: Binding, home: Scope, is_async: bool, *, is_variant: bool = False) -> Steps[Any]:
    """
    Return the value of *binding* in *home*, made once however many ask at the same time (L2).

    Args:
        engine: the engine of *home*.
        binding: if another one serves its key by now, that one counts.
        home: who will own the value.
        is_async: whether something can be awaited here.
        is_variant: whether *binding* is for one call, with arguments of its own.

    Raises:
        ContainerClosedError: *home* is closing or closed; what was opened meanwhile is closed with it (L37).
        BaseException: what the user's opening code raised, with a note of the dependency path; not remembered (L7).
    """
    if not is_variant and engine.graph.find(binding.key) is not binding:
        return (yield from _as_bound_now(engine, binding, home, is_async))
    try:
        if binding.lifetime == TRANSIENT:
            return (yield from _obtain_new(engine, binding, home, is_async))
        return (yield from _obtain_shared(engine, binding, home, is_async, is_variant))
    except StartOver as again:
        if again.claim in openings():
            raise
        return (yield from obtain(engine, binding, home, is_async, is_variant=is_variant))
    except ResourceUnavailableError as error:
        return stand_in(binding, error)


def _as_bound_now(engine: Any, binding: Binding, home: Scope, is_async: bool) -> Steps[Any]:
    """Ask for the key of *binding* anew: it was replaced after this request began."""
    engine.forget({binding.key})  # another thread may have compiled the old one since
    if not is_async:
        return engine.resolvers[binding.key](home)
    return (yield from waited(engine.aresolvers[binding.key](home)))


def _obtain_shared(engine: Any, binding: Binding, home: Scope, is_async: bool, is_variant: bool) -> Steps[Any]:
    if engine.plans.facts(binding).depth > LONG_CHAIN and not below_is_ready.get():
        yield from _make_ready(engine, binding, home, is_async)
    key = binding.key
    while True:
        claim, is_mine = claim_for(engine, binding, home)
        if claim is None:
            value = home.cache.get(key, _GONE)
            if value is _GONE:  # taken out since: shut down, or replaced
                continue
            return value
        if claim.closes and home in closing.get() and (exit_ := home.exits.get(key)) is not None and not exit_.done:
            return exit_.value  # closing code asks for what it needs, which is closed after it
        if claim.is_undoing:
            _refuse_withdrawn()
        if is_mine and not (is_async and needs_owner(binding, home)):
            return (yield from fulfil(engine, binding, home, claim, is_async))
        if is_mine:
            launch(engine, binding, home, claim)
        yield from _ended(claim)
        if not is_variant and engine.graph.find(key) is not binding:
            return (yield from _as_bound_now(engine, binding, home, is_async))


def _ended(claim: Claim) -> Steps[None]:
    """Wait for *claim* and raise what it failed of, or return where the one who asks has to look anew."""
    yield from _joined(claim)
    if not (isinstance(claim.error, StartAborted) and start_now() is None):
        claim.raise_error()
    if claim.is_over_again:
        _refuse_withdrawn()


def _joined(claim: Claim) -> Steps[None]:
    try:
        yield from joined(claim)
    except CircularDependencyError:
        _refuse_withdrawn()
        if claim.is_undoing:  # what it waits for waits for this opening, and will ask anew as well
            raise StartOver(openings()[-1]) from None
        raise


def _refuse_withdrawn() -> None:
    """Raise StartOver in an opening that was withdrawn: the end of the replacement waits for it."""
    for claim in openings():
        if claim.withdrawn == "replaced":
            raise StartOver(claim)


class _Made:
    """The keys that have a value to be seen from a scope: nothing below them is walked through."""

    __slots__ = ("_graph", "_home")

    def __init__(self, graph: Any, home: Scope) -> None:
        self._graph = graph
        self._home = home

    def __contains__(self, key: object) -> bool:
        binding = self._graph.find(key)
        return binding is not None and is_made(binding, self._home)


def _make_ready(engine: Any, binding: Binding, home: Scope, is_async: bool) -> Steps[None]:
    """Make what *binding* needs one by one, deepest first: a chain may be longer than Python's stack."""
    token = below_is_ready.set(True)
    try:
        for each in engine.graph.order((binding.key,), _Made(engine.graph, home)):
            if each is binding or (each.is_plain and each.lifetime == TRANSIENT):
                continue
            made = (engine.aresolvers if is_async else engine.resolvers)[each.key](home)
            if is_async:
                yield from waited(made)
    finally:
        below_is_ready.reset(token)


def claim_for(
    engine: Any, binding: Binding, home: Scope, n_own: int = 1, asked: Asked = ()
) -> tuple[Claim | None, bool]:
    """
    Return the claim on *binding* in *home*, and whether the caller has to fulfil it; None if the value is there.

    Args:
        engine: the engine of *home*.
        binding: what serves its key now.
        home: who will own the value.
        n_own: how many of the functions that called this one, at least, are Tenure's own.
        asked: where the user's code stands, if that is known.

    Raises:
        ContainerClosedError: *home* is not open.
    """
    key = binding.key
    with engine.lock:
        if key in home.cache:
            return None, False
        home.refuse_unless_open()
        inflight = home.inflight
        claim = inflight.get(key)
        if claim is not None and not claim.is_own:
            return claim, False
        above = claim.bindings if claim is not None else ()
        at = next((number for number, each in enumerate(above) if each is binding), None)
        if at is not None:
            raise circle((*above[at:], *(each.binding for each in openings()), binding))
        claim = inflight[key] = Claim(binding, binding)
    note_who_asks(claim, home, n_own + 1, asked)
    return claim, True


def note_who_asks(claim: Claim, home: Scope, n_own: int = 1, asked: Asked = ()) -> None:
    """Record the stack for what the root owns: should nobody close it, a warning shows where it came from."""
    if home.parent is None and claim.binding.lifecycle is not None:
        claim.asked_by = asked or asking_stack(skipped=n_own + 2)


def _obtain_new(engine: Any, binding: Binding, home: Scope, is_async: bool) -> Steps[Any]:
    home.refuse_unless_open()
    refuse_circle(binding)
    engine.refuse_swift_circle(binding)
    claim = Claim(binding, binding)
    note_who_asks(claim, home)
    with engine.lock:
        home.refuse_unless_open()
        home.inflight[claim] = claim
    if is_async and needs_owner(binding, home):
        launch(engine, binding, home, claim)
        yield from joined(claim)
        claim.raise_error()
        if claim.is_over_again:
            raise StartOver
        value, claim.value = claim.value, None
        return value
    return (yield from fulfil(engine, binding, home, claim, is_async))
