"""The search for a circle of waits costs what there is to search, not what was started."""

import contextvars
from itertools import pairwise

import pytest

from tenure.errors import CircularDependencyError
from tenure.lifecycle import claim as claims
from tenure.lifecycle.circles import Joining
from tenure.lifecycle.claim import Claim
from tenure.model.binding import TRANSIENT, Binding, Make


class CountedSet(set):
    """Counts how many of its items were looked at."""

    looked_at = 0

    def __iter__(self):
        for item in super().__iter__():
            CountedSet.looked_at += 1
            yield item


def claim_of(number):
    made = Claim(Binding(f"key {number}", Make.CALL, object, TRANSIENT), None)
    made.waits_for = CountedSet()
    return made


def waits(waiter, waited):
    """Begin, as the code of *waiter*, to wait for *waited*."""

    def begin():
        claims.opening.set((waiter,))
        Joining(waited)._begin()

    contextvars.Context().run(begin)


def items_looked_at(n):
    """Let each of *n* claims of a chain wait for the one before it, as an eager start does."""
    chain = [claim_of(number) for number in range(n)]
    CountedSet.looked_at = 0
    for before, claim in pairwise(chain):
        waits(claim, before)
    return CountedSet.looked_at


def test_a_started_chain_is_not_searched_again_and_again():
    """A claim that nobody waits for cannot be part of a circle: twice the chain is at most twice the work."""
    assert items_looked_at(200) <= 2 * items_looked_at(100)


def test_a_long_circle_is_found():
    """The last wait that would close the circle is refused, and the error names every step of it."""
    chain = [claim_of(number) for number in range(300)]
    for before, claim in pairwise(chain):
        waits(claim, before)

    with pytest.raises(CircularDependencyError) as caught:
        waits(chain[0], chain[-1])

    assert len(caught.value.path) == 301
