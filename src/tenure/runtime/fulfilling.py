"""
Fulfil a claim: get what the binding needs, make it, open it, put it where it belongs, end the claim.

What the root owns and what needs an owner task is opened in a task of its own when a loop runs.
"""

import contextvars
from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from typing import Any

from tenure.errors import AsyncInSyncError, ContainerClosedError, closing_errors
from tenure.lifecycle.backends import is_cancellation, running
from tenure.lifecycle.claim import Claim, opening, openings
from tenure.lifecycle.closing import Closer, close_exit
from tenure.lifecycle.effects import Steps, waited
from tenure.lifecycle.exits import Exit, next_number
from tenure.lifecycle.opening import open_resource
from tenure.lifecycle.owner import Owner
from tenure.lifecycle.unraisable import report
from tenure.model.binding import TRANSIENT, Binding, Lifecycle, Make, Style
from tenure.notes import attach_closing_errors
from tenure.runtime import records
from tenure.runtime.degrading import is_spared, unavailable
from tenure.runtime.needing import exit_of, learn, needs_of, note_fed, tell_owners
from tenure.runtime.paths import remember_chain
from tenure.runtime.refusing import refuse_unforeseen
from tenure.runtime.scope import Scope, State, closing, current, leave_what_was_left
from tenure.runtime.setting_aside import keep
from tenure.runtime.turns import StartAborted, has_turn, note_opened, start_now

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


def needs_owner(binding: Binding, home: Scope) -> bool:
    """
    Tell whether *binding* is opened in an owner task when a loop runs (design 4.8).

    What a scope owns that is entered and left by this very task opens in the task itself, which is faster.
    """
    lifecycle = binding.lifecycle
    if home.task is None:
        return binding.make in (Make.AWAIT, Make.MAYBE) or (lifecycle is not None and _may_wait(lifecycle))
    if lifecycle is None or not _may_wait(lifecycle):
        return False
    backend = running()
    is_elsewhere = backend is None or backend.task() is not home.task
    # what runs over a limit is abandoned, and only a task can be
    if is_elsewhere or binding.options.shield or binding.options.close_timeout is not None:
        return True
    assert backend is not None, "no loop runs elsewhere"
    # a closing is shielded there, by a scope younger than any that the resource may hold and leave then
    return backend.cancels_by_level and lifecycle.style is not Style.METHODS


def _may_wait(lifecycle: Lifecycle) -> bool:
    return lifecycle.is_async or lifecycle.style is Style.FOUND


def launch(engine: Any, binding: Binding, home: Scope, claim: Claim) -> None:
    """Fulfil *claim* in an owner task of its own."""
    box: list[Exit] = []

    def open_(owner: Owner) -> Steps[bool]:
        try:
            yield from fulfil(engine, binding, home, claim, is_async=True, owner=owner, box=box)
        except BaseException as error:  # noqa: BLE001 - the claim has it, for whoever waits
            tell_if_unheard(claim, error)
            return False
        return bool(box) and box[0].owner is owner

    def close(outcome: BaseException | None) -> Steps[bool]:
        return _owned_close(engine, home, box[0], outcome)

    context = contextvars.copy_context()
    Owner(open_, close, home.crash).start(context, binding)


def tell_if_unheard(claim: Claim, error: BaseException) -> None:
    """Report *error*, which an opening in an owner task failed of, where nobody waits for it any more (L29)."""
    binding = claim.binding
    if not claim.was_heard and _is_news(binding, error):
        report(error, f"opening {binding.label} failed, and nobody waits for it any more", binding.target)


def _is_news(binding: Binding, error: BaseException) -> bool:
    """Tell whether *error*, which nobody waited for, is of the user's code and was not told as a failed attempt."""
    if isinstance(error, StartOver | StartAborted) or (
        isinstance(error, ContainerClosedError) and not closing_errors(error)
    ):
        return False
    return not is_cancellation(error) and binding.options.retry is None


def _owned_close(engine: Any, home: Scope, exit_: Exit, outcome: BaseException | None) -> Steps[bool]:
    """
    Close in the owner task.

    Where nobody asked (the loop ends, or a task of the resource's own failed), the scope must not hand the value out
    any more; an error stays with the exit until the scope is closed (L56).
    """
    claim = Claim(exit_.binding, exit_)
    claim.closes = True
    with engine.lock:
        place = exit_.number if exit_.binding.lifetime == TRANSIENT else exit_.binding.key
        if home.exits.get(place) is exit_:
            home.cache.pop(place, None)
            home.inflight.setdefault(place, claim)  # whoever asks for it waits
    tokens = closing.set((*closing.get(), home)), opening.set((*opening.get(), claim))
    try:
        swallowed = yield from close_exit(exit_, outcome, engine.place(home), None)
    finally:
        closing.reset(tokens[0])
        opening.reset(tokens[1])
        with engine.lock:
            if home.inflight.get(place) is claim:
                del home.inflight[place]
        claim.succeed()
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
    is_watched, has_succeeded = engine.hot.watch(binding.key), False
    try:
        value, exit_ = yield from _made(engine, binding, home, claim, is_async, owner)
        has_succeeded = True
    except BaseException as error:
        start = None if has_turn.get() else start_now()
        if start is not None and not is_spared(binding, error) and not isinstance(error, StartOver):
            start.fail(error)
        end_badly(engine, binding, home, claim, error, chain, owner)
        raise
    finally:
        opening.reset(entered[0])
        current.reset(entered[1])
        leave_what_was_left()
        if is_watched:
            engine.hot.unwatch(binding.key, has_succeeded)
    learn(engine, binding, claim)
    note_fed(binding, claim)
    with engine.lock:
        is_late = is_disowned(home, claim)
        if exit_ is not None:
            exit_.owner = owner if exit_.needs_await or (owner is not None and _opens_async(exit_.binding)) else None
            if box is not None and not is_late:
                box.append(exit_)
        if not is_late:  # else it is under way until it is closed again
            put(binding, home, claim, value, exit_)
    if is_late:
        yield from refuse_late(engine, home, claim, exit_)
    note_need(chain, exit_)
    if binding.lifetime == TRANSIENT:
        claim.value = value
    claim.succeed()
    return value


def end_badly(
    engine: Any,
    binding: Binding,
    home: Scope,
    claim: Claim,
    error: BaseException,
    chain: tuple[Claim, ...],
    owner: Owner | None,
) -> None:
    """End *claim*, part of the openings *chain*, with *error*, or so that whoever waits for it tries again."""
    with engine.lock:
        _withdraw(binding, home, claim)
    # a cancellation of the one who opens is nobody else's: the next one tries again (L33)
    claim.fail(shared_failure(error, chain, claim, owner))


def put(binding: Binding, home: Scope, claim: Claim, value: Any, exit_: Exit | None) -> None:
    """Under the engine's lock: a value is visible from here on, unless its scope began to close meanwhile (L37)."""
    if claim.aside is not None:
        keep(claim.aside, home, claim, value, exit_)
        return
    _withdraw(binding, home, claim)
    if exit_ is not None:
        place, exits = exit_.number if binding.lifetime == TRANSIENT else binding.key, home.exits
        other = exits.pop(place, None)  # its place in the order is not that of the new one
        if other is not None and not (other.done and (other.owner is None or other.owner.was_asked)):
            exits[other.number] = other  # what is open stays owed (L3), and what it failed of to be told (L56)
            home.unordered = True
        exits[place] = exit_
        note_opened(home, place, exit_)
    if binding.lifetime != TRANSIENT and home.state is State.OPEN:
        home.cache[binding.key] = value


def _withdraw(binding: Binding, home: Scope, claim: Claim) -> None:
    """Under the engine's lock: *claim* is under way no longer."""
    inflight, place = home.inflight, claim if binding.lifetime == TRANSIENT else binding.key
    if inflight.get(place) is claim:
        del inflight[place]
    if claim.aside is not None:
        claim.aside.of(home)["inflight"].pop(binding.key, None)


def shared_failure(
    error: BaseException, chain: tuple[Claim, ...], claim: Claim, owner: Owner | None
) -> BaseException | None:
    """
    Return what everybody who waits for *claim* gets to see of *error*; None: they try again.

    They do where only the one who opened was stopped: by Ctrl-C on its thread, or by a cancellation of its task (L33).
    An owner task is nobody's to cancel, so a cancellation that leaves its opening code is that code's own failure.
    """
    if isinstance(error, StartOver):
        return None
    backend = running()
    if backend is not None and backend.is_cancellation(error):
        return None if owner is None or backend.cancels_by_level else error
    remember_chain(error, (*chain, claim))
    if isinstance(error, Exception):
        return error
    return None if isinstance(error, KeyboardInterrupt) and owner is None else error


def is_disowned(home: Scope, claim: Claim) -> bool:
    """Tell whether it was shut down meanwhile, or *home* was closed from inside this very opening."""
    if claim.withdrawn:
        return True
    return home.state is not State.OPEN and all(claim is not other for other in home.inflight.values())


def refuse_late(engine: Any, home: Scope, claim: Claim, exit_: Exit | None) -> Steps[None]:
    """
    Close what was opened for a scope that is no more, or from what is replaced.

    Raises:
        ContainerClosedError: nobody gets it.
        StartOver: it was only replaced, and whoever wants it asks anew.
    """
    is_open = home.state is State.OPEN
    error = ContainerClosedError(
        claim.binding.label if is_open else home.subject, "shut down" if is_open else home.state.value
    )
    failed: list[BaseException] = []
    if exit_ is not None:
        closer = Closer(None, engine.place(home), None)
        exit_.owner = None
        yield from closer.close(exit_)
        failed = closer.report.take_all()
    with engine.lock:
        _withdraw(claim.binding, home, claim)
    if is_open and claim.withdrawn == "replaced":
        for each in failed:
            text = f"{claim.binding.label}, made from what was replaced meanwhile, failed to close"
            report(each, text, claim.binding.target)
        claim.fail(None)
        raise StartOver
    attach_closing_errors(error, failed)
    claim.fail(error)
    raise error


def _opens_async(binding: Binding) -> bool:
    return binding.lifecycle is not None and binding.lifecycle.opens_async


def note_need(chain: tuple[Claim, ...], exit_: Exit | None) -> None:
    """Let the opening that *exit_* was opened for know it."""
    if exit_ is not None and chain and not chain[-1].done.is_set:
        chain[-1].needs.append(exit_)


def _made(
    engine: Any, binding: Binding, home: Scope, claim: Claim, is_async: bool, owner: Owner | None
) -> Steps[tuple[Any, Exit | None]]:
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
    def make() -> Steps[Any]:
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
        if start is not None and not is_spared(binding, error) and not isinstance(error, StartOver):
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
