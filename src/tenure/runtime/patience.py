"""
How long the end of a scope, or of a start, waits for openings that nobody wants any more.

Each has the limit of its close: its own `close_timeout`, or that of the container. Then it is cut off: cancelled, where
an owner task opens it, and given as long again to undo what it began. What is still not over is let go of: whoever
waits for it is refused, and what it opens after all is closed at once, where it was opened (L3, L37). Either way an
error names it (L60). What hangs does not hold up the rest, as with a close (L61).
"""

import math
import time
from collections.abc import Callable, Collection, Iterable
from typing import Any

from tenure.errors import ContainerClosedError, ResourceTimeoutError
from tenure.lifecycle.backends import running
from tenure.lifecycle.circles import waiting_for
from tenure.lifecycle.claim import Claim
from tenure.lifecycle.closing import Closer
from tenure.lifecycle.effects import Steps, WaitedOut
from tenure.lifecycle.exits import Exit
from tenure.model.binding import Binding
from tenure.runtime.records import Managed
from tenure.runtime.scope import Scope, every_scope

LimitOf = Callable[[Binding], float | None]
"""Gives the seconds that are waited for an opening; None: as long as it takes."""

CLOSE = "the close began"
SHUTDOWN = "its shutdown began"
REPLACED = "something that it needs was replaced"
START = "its start was given up"


class Patience:
    """
    The time that is left to openings, counted from when each is first seen.

    Args:
        engine: of the scopes that would own what is opened.
        limit_of: the seconds that each gets, and once more when it is cut off.
        since: what the time counts from, as errors name it: one of the texts above.
    """

    def __init__(self, engine: Any, limit_of: LimitOf, since: str) -> None:
        self._engine = engine
        self._limit_of = limit_of
        self._since = since
        self._ends: dict[Claim, float] = {}

    def first_over(self, claims: Collection[Claim]) -> tuple[Claim, float]:
        """
        Return which of *claims*, at least one, has its time over first, and when, by `loop_time`; inf: never.

        What waits for another opening is not at fault, and ends with that.
        """
        for claim in claims:
            if claim not in self._ends or claim.inner is not None:  # what stands for another is looked at again then
                limit_s = None if claim.closes else self._limit_of(claim.binding)
                self._ends[claim] = math.inf if limit_s is None else loop_time() + limit_s
        at_fault = [claim for claim in claims if not claim.awaited()]
        first = min(at_fault or claims, key=self._ends.__getitem__)
        return first, self._ends[first]

    def overrun(self, claim: Claim, home: Scope, refusal: BaseException | None) -> ResourceTimeoutError | None:
        """
        Cut off *claim*, whose time is over, or let go of it where that was done or cannot be.

        Args:
            claim: an opening under way.
            home: which scope would own what it opens.
            refusal: what those who wait for it get; None: they try again.

        Returns:
            The error that names it, the first time.
        """
        if claim.is_cut_off:
            self._let_go(claim, home)
            return None
        limit_s = self._limit_of(claim.binding) or 0.0
        claim.is_cut_off, claim.refusal = True, refusal
        binding, owner = (claim.bindings or (claim.binding,))[-1], claim.opener
        waiting_at = owner.waiting_at() if owner is not None else None
        if owner is not None and owner.cut_off():
            self._ends[claim] = loop_time() + limit_s
        else:
            self._let_go(claim, home)
        needed_by = self._engine.place(home).dependents(binding.key)
        return ResourceTimeoutError(binding.label, "open", limit_s, binding.where, waiting_at, needed_by, self._since)

    def _let_go(self, claim: Claim, home: Scope) -> None:
        with self._engine.lock:
            disown(claim, home)
            if isinstance(claim.subject, Managed) and claim.subject.claim is claim:
                claim.subject.claim = None
                claim.subject.is_discarded = True  # it may be open one day: whoever wants one gets another
        claim.fail(claim.refusal)


def patience_of(engine: Any, since: str) -> Patience:
    """Return the patience where the limits are those of the root's closings: a resource's own, or the container's."""
    return Patience(engine, lambda binding: binding.options.close_timeout or engine.close_timeout, since)


def home_of_claim(engine: Any, claim: Claim) -> Scope:
    """Return the scope that *claim* is under way in; the root where none knows it any more."""
    scopes = every_scope(engine.root)
    return next((scope for scope in scopes if any(each is claim for each in scope.inflight.values())), engine.root)


def disown(claim: Claim, home: Scope) -> None:
    """Under the engine's lock: have *home* not expect *claim* any more; what it opens is refused when it ends."""
    home.inflight = {place: each for place, each in home.inflight.items() if each is not claim}


def openings_ended(
    engine: Any, scope: Scope, closer: Closer, is_of_own_code: Callable[[Claim], bool], is_async: bool
) -> Steps[None]:
    """
    Wait for the openings in *scope*, which is being closed: what they open is owed (L37).

    Args:
        engine: the engine of *scope*.
        scope: what is closed.
        closer: has the limits, and keeps the account: also of what came meanwhile, which does not end the wait (L10).
        is_of_own_code: tells whether an opening ends only after the close that waits for it.
        is_async: whether something can be awaited here.
    """
    patience = Patience(engine, closer.limit_of, CLOSE)
    while claims := under_way(scope):
        for claim in claims:
            claim.give_up()
        first, end = patience.first_over(claims)
        for claim in claims:
            if is_of_own_code(claim):  # what is being opened is refused when it ends
                interruption, is_expected = None, False
            else:
                interruption = yield from _waited_out(claim, seconds_to(end))
                is_expected = interruption is None or is_async  # else Ctrl-C while another thread opens it
            closer.report.take_up(interruption)
            if not (is_expected or claim.done.is_set):
                with engine.lock:
                    disown(claim, scope)
        if any(each is first for each in scope.inflight.values()) and not first.done.is_set and loop_time() >= end:
            error = patience.overrun(first, scope, ContainerClosedError(scope.subject, scope.state.value))
            if error is not None:
                closer.report.failed.append(error)


def under_way(scope: Scope) -> list[Claim]:
    """Return the openings in *scope*; what closes by itself ends with its limit when its turn comes."""
    claims = list(scope.inflight.values())
    return [claim for claim in claims if not claim.done.is_set and not isinstance(claim.subject, Exit)]


def _waited_out(claim: Claim, left_s: float | None) -> Steps[BaseException | None]:
    """Wait for *claim*, at most *left_s* seconds; return what came meanwhile."""
    with waiting_for(claim):
        try:
            interruption: BaseException | None = yield WaitedOut(claim.done, left_s)
        except KeyboardInterrupt as error:
            return error
        return interruption


def withdrawn_ended(
    engine: Any, claims: Iterable[Claim], interrupted: list[BaseException]
) -> Steps[tuple[bool, list[BaseException]]]:
    """
    Wait for *claims*, openings of what is replaced, as long as patience goes: who waits for them tries again.

    Returns:
        Whether Ctrl-C came, and an error for each that was cut off. *interrupted* gets what came meanwhile.
    """
    patience, overran = patience_of(engine, REPLACED), list[BaseException]()
    while left := [claim for claim in claims if not claim.done.is_set]:
        first, end = patience.first_over(left)
        if (yield from all_ended(left, interrupted, end)):
            return True, overran
        if not first.done.is_set and loop_time() >= end:
            error = patience.overrun(first, home_of_claim(engine, first), None)
            overran += [error] if error is not None else []
    return False, overran


def all_ended(claims: Iterable[Claim], interrupted: list[BaseException], end: float = math.inf) -> Steps[bool]:
    """
    Wait for the end of *claims*, up to *end* by `loop_time`; return whether Ctrl-C came.

    *interrupted* gets what came meanwhile.
    """
    for claim in claims:
        try:
            interruption = yield WaitedOut(claim.done, seconds_to(end))
        except KeyboardInterrupt as error:
            interrupted[:] = [error]
            return True
        if interruption is not None:
            interrupted[:] = [interruption]
    return False


def loop_time() -> float:
    """Return the seconds that limits are counted in: those of the running loop, where there is one."""
    backend = running()
    return backend.now() if backend is not None else time.monotonic()


def seconds_to(end: float) -> float | None:
    """Return the seconds until *end*, by `loop_time`, >= 0; None where it is never."""
    return None if end == math.inf else max(0.0, end - loop_time())
