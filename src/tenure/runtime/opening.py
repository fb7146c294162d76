"""
From a miss to a value: claim it, get what it needs, make it, open it, put it where it belongs.

One generator says it for both colours. What the root owns and what needs an owner task is opened in a task of its own
when a loop runs; the one who asked then waits like everybody else.
"""

import contextvars
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any

from tenure.errors import AsyncInSyncError, ContainerClosedError, attach_closing_errors
from tenure.keys import Key
from tenure.lifecycle.backends import running
from tenure.lifecycle.claim import Claim, opening, openings, refuse_circle
from tenure.lifecycle.closing import Closer, close_exit
from tenure.lifecycle.effects import Steps, adrive, drive, waited
from tenure.lifecycle.exits import Exit, outside_caller
from tenure.lifecycle.opening import open_resource
from tenure.lifecycle.owner import Owner
from tenure.model.binding import SINGLETON, TRANSIENT, Binding, Make, Style
from tenure.runtime import records
from tenure.runtime.paths import remember_chain
from tenure.runtime.scope import Scope, State, closing, current, refuse_sync_scope
from tenure.runtime.turns import StartAborted, has_turn, joined, note_opened, start_now

Home = Callable[[Scope], Scope]
LONG_CHAIN = 40
"""Beyond this depth dependencies are made one by one beforehand: Python's stack is not ours to fill."""
below_is_ready: ContextVar[bool] = ContextVar("tenure.ready", default=False)
"""Whether the running code makes such a chain from its deep end, so that whatever it meets is one step deep."""


def home_rule(engine: Any, binding: Binding) -> Home:
    """Return the function that says which scope owns what *binding* makes when a given scope asks."""
    if binding.lifetime == SINGLETON:
        return lambda scope: engine.root
    return lambda scope: scope  # generated code already walked to the named scope; ambient and transient: who asks


def miss(engine: Any, binding: Binding, home: Home) -> Callable[[Scope], Any]:
    """Return the synchronous miss of *binding*: a function of a scope that gives the value."""

    def make(scope: Scope) -> Any:
        if not below_is_ready.get():
            refuse_async(engine, binding, scope)
        return drive(obtain(engine, binding, home(scope), is_async=False))

    return make


def amiss(engine: Any, binding: Binding, home: Home) -> Callable[[Scope], Any]:
    """Return the asynchronous miss of *binding*: a coroutine function of a scope."""

    async def make(scope: Scope) -> Any:
        refuse_sync_scope(binding, home(scope))
        return await adrive(obtain(engine, binding, home(scope), is_async=True))

    return make


def refuse_async(engine: Any, binding: Binding, scope: Scope) -> None:
    """
    Raise before anything happens if making *binding* without a loop cannot succeed (L51).

    What is asynchronous but already open, or opens by its own methods later, is no obstacle.
    """
    blocked = [each for each in engine.plans.asynchronous(binding) if _blocks(engine, each, scope)]
    needed = _still_needed(engine, binding, blocked, scope)
    if needed:
        call = f"`await container.aget({binding.label})`"
        way_out = (
            f"`async with container.resource_scope()` and {call}" if scope.is_sync else f"{call}, or open it before"
        )
        raise AsyncInSyncError([each.label for each in needed], "open", way_out, needed[0].key)


def _blocks(engine: Any, binding: Binding, scope: Scope) -> bool:
    lifecycle = binding.lifecycle
    if binding.make is Make.AWAIT:
        return not is_live(engine, binding, scope)
    if lifecycle is None or not lifecycle.is_async or is_live(engine, binding, scope):
        return False
    if lifecycle.is_lazy or not lifecycle.opens_async:
        home = engine.root if binding.lifetime == SINGLETON else scope
        return bool(home.is_sync)
    return True


def _still_needed(engine: Any, binding: Binding, blocked: list[Binding], scope: Scope) -> list[Binding]:
    """Keep those of *blocked* that are reached without passing a value that is already there."""
    if not blocked:
        return []
    wanted, seen, stack = [], set(), [binding]
    while stack:
        each = stack.pop()
        if each.key in seen or (each is not binding and is_live(engine, each, scope)):
            continue
        seen.add(each.key)
        if each in blocked:
            wanted.append(each)
        stack += [source for edge in engine.graph.edges(each) for _, source in edge.sources]
    return wanted


def is_live(engine: Any, binding: Binding, scope: Scope) -> bool:
    """Tell whether a value of *binding* is there to be had from *scope* without making anything."""
    home: Scope | None = scope
    while home is not None:
        if binding.key in home.cache:
            return True
        home = home.parent
    record = engine.instances.get(binding.key)
    return record is not None and record.is_open


def obtain(engine: Any, binding: Binding, home: Scope, is_async: bool) -> Steps[Any]:
    """
    Return the value of *binding* in *home*, made once however many ask at the same time (L2).

    Raises:
        ContainerClosedError: *home* is closing or closed; what was opened meanwhile is closed with it (L37).
        BaseException: what the user's opening code raised, with a note of the dependency path; not remembered (L7).
    """
    if binding.lifetime == TRANSIENT:
        return (yield from _obtain_new(engine, binding, home, is_async))
    if engine.plans.facts(binding).depth > LONG_CHAIN and not below_is_ready.get():
        yield from _make_ready(engine, binding, home, is_async)
    key = binding.key
    while True:
        claim, is_mine = claim_for(engine, binding, home)
        if claim is None:
            return home.cache[key]
        if is_mine:
            if is_async and needs_owner(binding, home):
                launch(engine, binding, home, claim)
            else:
                return (yield from fulfil(engine, binding, home, claim, is_async))
        yield from joined(claim)
        if not (isinstance(claim.error, StartAborted) and start_now() is None):
            claim.raise_error()


def _make_ready(engine: Any, binding: Binding, home: Scope, is_async: bool) -> Steps[None]:
    """Make what *binding* needs one by one, deepest first: a chain may be longer than Python's stack."""
    token = below_is_ready.set(True)
    try:
        for each in engine.graph.order((binding.key,)):
            if each is binding or (each.is_plain and each.lifetime == TRANSIENT):
                continue
            made = (engine.aresolvers if is_async else engine.resolvers)[each.key](home)
            if is_async:
                yield from waited(made)
    finally:
        below_is_ready.reset(token)


def claim_for(engine: Any, binding: Binding, home: Scope) -> tuple[Claim | None, bool]:
    """
    Return the claim on *binding* in *home*, and whether the caller has to fulfil it; None if the value is there.

    Raises:
        ContainerClosedError: *home* is not open.
    """
    key = binding.key
    with engine.lock:
        if key in home.cache:
            return None, False
        home.refuse_unless_open()
        claim = home.inflight.get(key)
        if claim is not None:
            return claim, False
        claim = home.inflight[key] = Claim(binding, binding)
        return claim, True


def _obtain_new(engine: Any, binding: Binding, home: Scope, is_async: bool) -> Steps[Any]:
    home.refuse_unless_open()
    refuse_circle(binding)
    claim = Claim(binding, binding)
    with engine.lock:
        home.refuse_unless_open()
        home.inflight[claim] = claim
    if is_async and needs_owner(binding, home):
        launch(engine, binding, home, claim)
        yield from joined(claim)
        claim.raise_error()
        value, claim.value = claim.value, None
        return value
    return (yield from fulfil(engine, binding, home, claim, is_async))


def needs_owner(binding: Binding, home: Scope) -> bool:
    """
    Tell whether *binding* is opened in an owner task when a loop runs (design 4.8).

    What a scope owns that is entered and left by this very task opens in the task itself, which is faster.
    """
    lifecycle = binding.lifecycle
    if home.task is None:
        return binding.make is Make.AWAIT or (lifecycle is not None and lifecycle.is_async)
    if lifecycle is None or not lifecycle.is_async:
        return False
    backend = running()
    if binding.options.shield or backend is None or backend.task() is not home.task:
        return True
    # a closing is shielded there, by a scope younger than any that the resource may hold and leave then
    return backend.cancels_by_level and lifecycle.style is not Style.METHODS


def launch(engine: Any, binding: Binding, home: Scope, claim: Claim) -> None:
    """Fulfil *claim* in an owner task of its own."""
    box: list[Exit] = []

    def open_(owner: Owner) -> Steps[bool]:
        try:
            yield from fulfil(engine, binding, home, claim, is_async=True, owner=owner, box=box)
        except BaseException:  # noqa: BLE001 - the claim has it, for whoever waits
            return False
        return bool(box) and box[0].owner is owner

    def close(outcome: BaseException | None) -> Steps[bool]:
        return _owned_close(engine, home, box[0], outcome)

    context = contextvars.copy_context()
    Owner(open_, close).start(context, binding.label)


def _owned_close(engine: Any, home: Scope, exit_: Exit, outcome: BaseException | None) -> Steps[bool]:
    """
    Close in the owner task.

    Where nobody asked (the loop ends, or a task of the resource's own failed), the scope must not hand the value out
    any more; an error stays with the exit until the scope is closed (L56).
    """
    with engine.lock:
        place = exit_.number if exit_.binding.lifetime == TRANSIENT else exit_.binding.key
        if home.exits.get(place) is exit_:
            home.cache.pop(place, None)
    token = closing.set((*closing.get(), home))
    try:
        swallowed = yield from close_exit(exit_, outcome, engine.place(home), None)
    finally:
        closing.reset(token)
    with engine.lock:
        if home.exits.get(place) is exit_ and not exit_.owner.was_asked:
            del home.exits[place]
    return swallowed


def fulfil(
    engine: Any,
    binding: Binding,
    home: Scope,
    claim: Claim,
    is_async: bool,
    owner: Owner | None = None,
    box: list[Exit] | None = None,
) -> Steps[Any]:
    """Make the value, open it, put it into *home*, end *claim*; the claim ends whatever happens (L43)."""
    chain = openings()
    entered = opening.set((*chain, claim)), current.set(home)
    try:
        value, exit_ = yield from _make(engine, binding, home, claim, is_async, owner)
    except BaseException as error:
        _end(engine, binding, home, claim)
        # a cancellation of the one who opens is nobody else's: the next one tries again (L33)
        claim.fail(shared_failure(error, chain, claim, owner))
        raise
    finally:
        opening.reset(entered[0])
        current.reset(entered[1])
    with engine.lock:
        is_late = _is_disowned(home, claim)
        if exit_ is not None:
            exit_.owner = owner if exit_.needs_await or (owner is not None and _opens_async(binding)) else None
            if box is not None and not is_late:
                box.append(exit_)
            if not is_late:
                place = exit_.number if binding.lifetime == TRANSIENT else binding.key
                home.exits[place] = exit_
                note_opened(home, place, exit_)
        _publish(binding, home, claim, value)
    if is_late:
        yield from _refuse_late(engine, home, claim, exit_)
    _note_need(chain, exit_)
    if binding.lifetime == TRANSIENT:
        claim.value = value
    claim.succeed()
    return value


def shared_failure(
    error: BaseException, chain: tuple[Claim, ...], claim: Claim, owner: Owner | None
) -> BaseException | None:
    """
    Return what everybody who waits for *claim* gets to see of *error*; None: they try again.

    They do where only the one who opened was stopped: by Ctrl-C on its thread, or by a cancellation of its task (L33).
    An owner task is nobody's to cancel, so a cancellation that leaves its opening code is that code's own failure.
    """
    if isinstance(error, Exception):
        return remember_chain(error, (*chain, claim))
    backend = running()
    if backend is not None and backend.is_cancellation(error):
        return None if owner is None or backend.cancels_by_level else error
    return None if isinstance(error, KeyboardInterrupt) and owner is None else error


def _is_disowned(home: Scope, claim: Claim) -> bool:
    """Tell whether *home* was closed from inside this very opening, and so did not wait for it."""
    return home.state is not State.OPEN and all(claim is not other for other in home.inflight.values())


def _refuse_late(engine: Any, home: Scope, claim: Claim, exit_: Exit | None) -> Steps[None]:
    """Close what was opened for a scope that is no more, and raise ContainerClosedError."""
    error = ContainerClosedError(home.subject, home.state.value)
    if exit_ is not None:
        closer = Closer(None, engine.place(home), None)
        exit_.owner = None
        yield from closer.close(exit_)
        attach_closing_errors(error, closer.report.take_failed())
    claim.fail(error)
    raise error


def _opens_async(binding: Binding) -> bool:
    return binding.lifecycle is not None and binding.lifecycle.opens_async


def _publish(binding: Binding, home: Scope, claim: Claim, value: Any) -> None:
    """Under the engine's lock: a value is visible from here on, unless its scope began to close meanwhile (L37)."""
    if binding.lifetime == TRANSIENT:
        home.inflight.pop(claim, None)
        return
    home.inflight.pop(binding.key, None)
    if home.state is State.OPEN:
        home.cache[binding.key] = value


def _end(engine: Any, binding: Binding, home: Scope, claim: Claim) -> None:
    with engine.lock:
        home.inflight.pop(claim if binding.lifetime == TRANSIENT else binding.key, None)


def _note_need(chain: tuple[Claim, ...], exit_: Exit | None) -> None:
    if exit_ is not None and chain and not chain[-1].done.is_set:
        chain[-1].needs.append(exit_)


def _make(
    engine: Any, binding: Binding, home: Scope, claim: Claim, is_async: bool, owner: Owner | None
) -> Steps[tuple[Any, Exit | None]]:
    call = engine.preparer(binding, is_async)(home)
    if is_async:
        call = yield from waited(call)
    token = below_is_ready.set(False)  # what the user's code asks for at run time was not made ready
    try:
        return (yield from _make_called(engine, binding, home, claim, call, owner))
    finally:
        below_is_ready.reset(token)


def _make_called(
    engine: Any, binding: Binding, home: Scope, claim: Claim, call: Callable[[], Any], owner: Owner | None
) -> Steps[tuple[Any, Exit | None]]:
    if binding.lifecycle is None:
        made = call()
        if binding.make is Make.AWAIT:
            made = yield from waited(made)
        return made, None
    if records.is_managed(binding):
        made = call()
        if binding.make is Make.AWAIT:
            made = yield from waited(made)
        records.adopt(engine, binding, home, made)
        return made, None
    exit_ = yield from open_in_turn(engine, binding, home, claim, lambda: _called(binding, call), owner is not None)
    tell_owners(exit_, owner)
    return exit_.value, exit_


def _called(binding: Binding, call: Callable[[], Any]) -> Steps[Any]:
    made = call()
    if binding.make is Make.AWAIT:
        made = yield from waited(made)
    return made


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
            claim.unwanted if is_owned else None,
        )
    finally:
        has_turn.reset(token)
        if start is not None:
            start.leave()
    if binding.lifecycle is not None and binding.lifecycle.is_async:
        backend = running()
        exit_.loop = backend.token() if backend is not None else None
    if home.parent is None:
        exit_.opened_by = outside_caller() or binding.where
    records.note_dependent(engine, binding, home, exit_)
    for below in claim.lazy:
        if not below.is_open and exit_ not in below.late:
            below.late.append(exit_)
    return exit_


def tell_owners(exit_: Exit, owner: Owner | None) -> None:
    """Let the owners of what *exit_* needs know whom they outlive, should the loop end before anybody closes."""
    if owner is not None:
        for need in exit_.needs:
            if need.owner is not None:
                need.owner.outlive(owner.done)


def needs_of(engine: Any, binding: Binding, home: Scope, claim: Claim) -> tuple[Exit, ...]:
    """Return the exits of the resources that *binding* was made from: declared ones and those asked for meanwhile."""
    found = {need.number: need for need in claim.needs}
    for resource in engine.plans.facts(binding).resources:
        exit_ = exit_of(engine, resource.key, home)
        if exit_ is not None and not exit_.done:
            found[exit_.number] = exit_
    return tuple(found.values())


def exit_of(engine: Any, key: Key, scope: Scope) -> Exit | None:
    """Return the exit of the resource *key* that *scope* sees, None if it is not open."""
    home: Scope | None = scope
    while home is not None:
        if key in home.exits:
            return home.exits[key]
        home = home.parent
    record = engine.instances.get(key)
    return record.exit if record is not None else None
