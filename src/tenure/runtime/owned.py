"""
Owner tasks: which openings need one, and what it does.

What the root owns and what needs an owner task is opened in a task of its own when a loop runs.
"""

import contextvars
from typing import Any

from tenure.errors import ContainerClosedError, closing_errors
from tenure.lifecycle.backends import is_cancellation, running
from tenure.lifecycle.claim import Claim, opening
from tenure.lifecycle.closing import close_exit
from tenure.lifecycle.effects import Steps
from tenure.lifecycle.exits import Exit
from tenure.lifecycle.owner import Owner
from tenure.lifecycle.unraisable import report
from tenure.model.binding import TRANSIENT, Binding, Lifecycle, Make, Style
from tenure.runtime.fulfilling import fulfil
from tenure.runtime.making import StartOver
from tenure.runtime.scope import Scope, closing
from tenure.runtime.turns import StartAborted, start_now


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

    def open_(owner: Owner) -> "Steps[bool]":  # quoted: else worked out at each launch
        try:
            yield from fulfil(engine, binding, home, claim, is_async=True, owner=owner, box=box)
        except BaseException as error:  # noqa: BLE001 - the claim has it, for whoever waits
            tell_if_unheard(claim, error)
            return False
        return bool(box) and box[0].owner is owner

    def close(outcome: "BaseException | None") -> "Steps[bool]":
        return _owned_close(engine, home, box[0], outcome)

    start_owner(Owner(open_, close, home.crash), claim, home)


def start_owner(owner: Owner, claim: Claim, home: Scope) -> None:
    """Start *owner*, which fulfils *claim* for *home*, in a copy of the current context."""
    claim.opener, owner.home, owner.begun_by = owner, home, start_now()
    owner.start(contextvars.copy_context(), claim.binding)


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
