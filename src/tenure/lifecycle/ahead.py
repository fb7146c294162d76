"""
Ask owner tasks to close as soon as nothing that needs their resource is open any more.

So independent asynchronous resources close at the same time, and the time it takes is that of the longest chain (L22).
Whoever closes still goes through all exits in order and waits for each: asking ahead only saves the waiting.
"""

from collections.abc import Sequence
from functools import partial
from typing import Any

from tenure.lifecycle.exits import Exit


class Ahead:
    """
    The exits that are about to be closed.

    Args:
        exits: in the order in which they will be closed, each before what it needs.
        outcome: what they are shown.
        loop: the running loop; owners on others are not asked.

    Attributes:
        asked: numbers of the exits whose owner was asked.
    """

    __slots__ = ("_by_number", "_loop", "_n_above", "_outcome", "asked")

    def __init__(self, exits: Sequence[Exit], outcome: BaseException | None, loop: Any) -> None:
        self._outcome = outcome
        self._loop = loop
        self._by_number = {exit_.number: exit_ for exit_ in exits}
        self._n_above = dict.fromkeys(self._by_number, 0)
        self.asked: set[int] = set()
        for exit_ in exits:
            for need in exit_.needs:
                if need.number in self._n_above:
                    self._n_above[need.number] += 1
        for exit_ in exits:
            if self._n_above[exit_.number] == 0:
                self._ask(exit_)

    def _ask(self, exit_: Exit) -> None:
        owner = exit_.owner
        if owner is None or exit_.done or exit_.managed is not None or exit_.loop is not self._loop:
            return
        self.asked.add(exit_.number)
        owner.ask_close(self._outcome)
        owner.done.then(partial(self.ended, exit_))

    def ended(self, exit_: Exit) -> None:
        """Note that *exit_* is closed; what only it still needed is asked to close."""
        for need in exit_.needs:
            if need.number in self._n_above:
                self._n_above[need.number] -= 1
                if self._n_above[need.number] == 0:
                    self._ask(self._by_number[need.number])
