"""Fulfil a claim: have the value made, put it where it belongs, end the claim, whatever happens."""

from typing import Any

from tenure.errors import ContainerClosedError
from tenure.lifecycle.backends import running
from tenure.lifecycle.claim import Claim, opening, openings
from tenure.lifecycle.closing import Closer
from tenure.lifecycle.effects import Steps
from tenure.lifecycle.exits import Exit
from tenure.lifecycle.owner import Owner
from tenure.lifecycle.unraisable import report
from tenure.model.binding import SINGLETON, TRANSIENT, Binding
from tenure.notes import attach_closing_errors
from tenure.runtime.making import StartOver, is_failure_of_start, made
from tenure.runtime.needing import learn, note_fed
from tenure.runtime.paths import remember_chain
from tenure.runtime.scope import Scope, State, current, leave_what_was_left
from tenure.runtime.setting_aside import keep
from tenure.runtime.turns import has_turn, note_opened, start_now


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
        value, exit_ = yield from made(engine, binding, home, claim, is_async, owner)
        has_succeeded = True
    except BaseException as error:
        start = None if has_turn.get() else start_now()
        if start is not None and is_failure_of_start(claim, error):
            start.fail(error)
        end_badly(engine, binding, home, claim, error, chain, owner)
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
        if claim.is_cut_off:
            return claim.refusal
        return None if owner is None or backend.cancels_by_level else error
    remember_chain(error, (*chain, claim))
    if isinstance(error, Exception):
        return error
    return None if isinstance(error, KeyboardInterrupt) and owner is None else error


def is_disowned(home: Scope, claim: Claim) -> bool:
    """Tell whether it was shut down meanwhile, or *home* was closed from inside this very opening."""
    if claim.withdrawn or claim.is_cut_off:
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
    claim.opener = None  # what closes is not cut off
    if exit_ is not None:
        closer = Closer(None, engine.place(home), None)
        exit_.owner = None
        yield from closer.close(exit_)
        failed = closer.report.take_all()
    with engine.lock:
        _withdraw(claim.binding, home, claim)
    if is_open and (claim.withdrawn == "replaced" or (claim.is_cut_off and claim.refusal is None)):
        for each in failed:
            text = f"{claim.binding.label}, opened when nobody wanted it any more, failed to close"
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
