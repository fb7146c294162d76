"""
Waits for claims, which refuse to begin where they would close a circle of waits.

A claim knows which claims its own opening waits for, so that a circle over tasks or threads is an error instead of a
deadlock (L38).
"""

from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from tenure.errors import AsyncInSyncError, CircularDependencyError, PathStep
from tenure.lifecycle.backends import running
from tenure.lifecycle.claim import Claim, innermost, is_part_of, openings
from tenure.model.binding import Binding


class Joining:
    """
    The wait for a claim; refuses to begin where it would close a circle of waits.

    Args:
        claim: what is waited for.
        seconds: at most so long, for those that look at the claim afterwards; None: as long as it takes.
    """

    __slots__ = ("claim", "seconds")

    def __init__(self, claim: Claim, seconds: float | None = None) -> None:
        self.claim: Claim = claim
        self.seconds: float | None = seconds

    def _begin(self) -> Claim | None:
        """
        Note who waits for whom.

        Raises:
            CircularDependencyError: the claim waits, through others, for the opening that asks.
        """
        mine = innermost()
        if is_part_of(self.claim):
            chain = openings()
            raise _circle((*chain[chain.index(self.claim) :], self.claim))
        if mine is None:
            return None
        with Claim.guard:
            path = _path(self.claim, mine) if mine.is_waited_for else None
            if path is not None:
                raise _circle((mine, *path))
            mine.wait_for(self.claim)
        return mine

    def _end(self, mine: Claim | None) -> None:
        if mine is not None:
            with Claim.guard:
                mine.wait_no_more(self.claim)

    def block(self) -> None:
        """Wait on this thread."""
        mine = self._begin()  # first: a circle is the better thing to tell
        self.claim.count_waiters(+1)
        try:
            if not self.claim.done.is_set:
                refuse_to_block(self.claim)
            self.claim.done.block(self.seconds)
        finally:
            self.claim.count_waiters(-1)
            self._end(mine)

    async def wait(self) -> Any:
        """Wait on the running loop."""
        mine = self._begin()
        claim = self.claim
        claim.count_waiters(+1)
        try:
            await claim.done.wait()
        except BaseException:
            claim.miss()
            raise
        finally:
            claim.count_waiters(-1)
            self._end(mine)


class JoiningWhole(Joining):
    """The wait for the end of a claim, not its result, whoever cancels; gives what came meanwhile, or None."""

    __slots__ = ()

    async def wait(self) -> BaseException | None:
        """Wait on the running loop; see `Latch.wait_out`."""
        mine = self._begin()
        try:
            return await self.claim.done.wait_out(self.seconds)
        finally:
            self._end(mine)


@contextmanager
def waiting_for(claim: Claim) -> Iterator[None]:
    """Let *claim* be waited for by the opening that the running code is part of, so that no circle of waits closes."""
    mine = innermost()
    if mine is not None:
        with Claim.guard:
            mine.wait_for(claim)
    try:
        yield
    finally:
        if mine is not None:
            with Claim.guard:
                mine.wait_no_more(claim)


def wait_for_all(claims: Iterable[Claim], others: Collection[Claim]) -> None:
    """Note that each of *claims* waits for all *others*."""
    with Claim.guard:
        for claim in claims:
            for other in others:
                claim.wait_for(other)


def waits_for_own_code(claim: Claim) -> bool:
    """Tell whether *claim* waits, through others or not, for an opening that the running code is part of."""
    with Claim.guard:
        return any(_path(claim, mine) is not None for mine in openings() if mine.is_waited_for)


def refuse_circle(binding: Binding) -> None:
    """Raise CircularDependencyError where the running code is part of an opening of *binding* itself."""
    chain = openings()
    for number, claim in enumerate(chain):
        if claim.subject is binding:
            raise _circle((*chain[number:], claim))


def refuse_to_block(claim: Claim) -> None:
    """Raise where waiting for *claim* on this thread would stop the very loop that has to fulfil it."""
    backend = running()
    if backend is not None and backend.token() is claim.loop:
        label = claim.binding.label
        raise AsyncInSyncError([label], "open", f"`await container.aget({label})`: another task is opening it")


def _path(start: Claim, goal: Claim) -> tuple[Claim, ...] | None:
    """Return the claims from *start* to *goal* along `waits_for`, None if there is no way."""
    reached_from: dict[Claim, Claim | None] = {start: None}
    stack = [start]
    while stack and goal not in reached_from:
        claim = stack.pop()
        for other in claim.waits_for:
            if other not in reached_from:
                reached_from[other] = claim
                stack.append(other)
    if goal not in reached_from:
        return None
    path: list[Claim] = []
    at: Claim | None = goal
    while at is not None:
        path.append(at)
        at = reached_from[at]
    return tuple(reversed(path))


def _circle(claims: tuple[Claim, ...]) -> CircularDependencyError:
    return circle([claim.binding for claim in claims])


def circle(bindings: Iterable[Binding]) -> CircularDependencyError:
    """Return the error that tells of openings that wait for one another, in the order of *bindings*."""
    return CircularDependencyError([PathStep(each.key, None, each.where) for each in bindings])
