"""Eager starts under way: whose turn it is to run opening code, what was opened, whether all of it is off."""

from contextvars import ContextVar
from typing import Any

from tenure.lifecycle.circles import Joining
from tenure.lifecycle.claim import Claim
from tenure.lifecycle.effects import Steps
from tenure.lifecycle.exits import next_number
from tenure.lifecycle.turns import Turns


class StartAborted(BaseException):
    """Another resource of the same start failed: this one does not begin. Never leaves Tenure."""

    __tenure_never_leaves__ = True


class Start:
    """
    One eager start under way.

    Args:
        max_parallel: how many openings may run their user code at a time, >= 1; None: any number.

    Attributes:
        aborted: set when one failed; nothing begins any more, nothing is tried again.
        ended: set when it is over; tasks that its openings left behind are no part of it.
        failures: what went wrong, in order, a cancellation of the start among it.
        claims: what the start launched.
        number: what tells it from others.
        opened: what it opened: the owning scope, the place in its exits, the exit.
        turns: who may run opening code.
    """

    __slots__ = ("aborted", "claims", "ended", "failures", "number", "opened", "turns")

    def __init__(self, max_parallel: int | None) -> None:
        self.number: int = next_number()
        self.aborted: bool = False
        self.ended: bool = False
        self.failures: list[BaseException] = []
        self.claims: list[Claim] = []
        self.opened: list[tuple[Any, Any, Any]] = []
        self.turns: Turns = Turns(max_parallel)

    def end(self) -> None:
        """Note that it is over; contexts of tasks hold it for longer, so it lets go of everything."""
        self.ended = True
        for claim in self.claims:
            claim.forget_error()
        self.claims, self.opened, self.failures = [], [], []

    def fail(self, error: BaseException) -> None:
        """Note that something went wrong, and let nothing begin any more."""
        if not isinstance(error, StartAborted) and all(error is not known for known in self.failures):
            self.failures.append(error)
        self.aborted = True
        for claim in self.claims:
            claim.give_up()

    def enter(self) -> Steps[None]:
        """Wait for a turn; raises StartAborted where none will come."""
        yield from self.turns.take()
        if self.aborted:
            self.turns.leave()
            raise StartAborted


start_of: ContextVar[Start | None] = ContextVar("tenure.start", default=None)
"""The start that the running code belongs to, or once belonged to; see `start_now`."""
has_turn: ContextVar[bool] = ContextVar("tenure.turn", default=False)
"""Whether the running code is part of an opening that has its turn: what it opens meanwhile needs none of its own."""


def start_now() -> Start | None:
    """Return the start under way that the running code belongs to, None if there is none."""
    start = start_of.get()
    return start if start is not None and not start.ended else None


def note_opened(scope: Any, place: Any, exit_: Any) -> None:
    """Let the start under way, if any, know what it opened."""
    start = start_now()
    if start is not None:
        start.opened.append((scope, place, exit_))
        exit_.start = start.number


def joined(claim: Claim) -> Steps[None]:
    """Wait for *claim*; an opening that has its turn hands it on meanwhile, for what it waits for may need one."""
    start = start_now() if has_turn.get() else None
    if start is None:
        yield Joining(claim)
        return
    start.turns.leave()
    try:
        yield Joining(claim)
    finally:
        yield from start.turns.take()
