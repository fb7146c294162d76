"""
Several closings that end at the same time, as one entry among the openings that the running code is part of.

Ten thousand resources that are shut down together would else stand one by one in the context of ten thousand tasks.
"""

from collections.abc import Sequence
from typing import Any

from tenure.lifecycle.claim import Claim
from tenure.lifecycle.latch import Latch


class Joint:
    """
    Stands in `opening` for *claims*, of which none knows a record and the last is the last to end.

    Attributes:
        claims: at least one.
        members: the same.
        mark: None, as theirs.
    """

    __slots__ = ("claims", "members")

    mark = None

    def __init__(self, claims: Sequence[Claim]) -> None:
        self.claims: tuple[Claim, ...] = tuple(claims)
        self.members: frozenset[Claim] = frozenset(claims)

    @property
    def done(self) -> Latch:
        """Open once all have ended."""
        return self.claims[-1].done


def jointly(claims: Sequence[Claim]) -> tuple[Any, ...]:
    """Return *claims* as entries of `opening`: as one where there are several."""
    plain = [claim for claim in claims if claim.mark is None]
    marked = [claim for claim in claims if claim.mark is not None]
    return (*marked, *([Joint(plain)] if len(plain) > 1 else plain))
