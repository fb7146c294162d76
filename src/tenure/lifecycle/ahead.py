"""
Have resources close as soon as nothing that needs them is open any more.

So independent resources with owner tasks close at the same time, and all of it takes as long as the longest chain
(L22). Whoever closes still goes through all exits and waits for each: asking ahead only saves the waiting.
"""

from collections.abc import Sequence

from tenure.lifecycle.exits import Exit


class Ahead:
    """
    The exits that are about to be closed; a subclass says how one is asked to.

    Args:
        exits: in the order in which they will be closed, each before what it needs.
        limit: how many may close at a time, >= 1; None: any number.

    Attributes:
        asked: those whose closing was begun ahead, by number.
    """

    __slots__ = ("_ended", "_exits", "_limit", "_n_above", "_n_closing", "_position", "_ready", "asked")

    def __init__(self, exits: Sequence[Exit], limit: int | None) -> None:
        self._limit = limit
        self._exits = exits
        self._position = {exit_.number: position for position, exit_ in enumerate(exits)}
        self._n_above = [0] * len(exits)
        for exit_ in exits:
            for position in self._below(exit_):
                self._n_above[position] += 1
        self._ready = [position for position, n_above in enumerate(self._n_above) if n_above == 0]  # sorted is a heap
        self._n_closing = 0
        self._ended: set[int] = set()
        self.asked: dict[int, Exit] = {}

    def _below(self, exit_: Exit) -> list[int]:
        """Return the positions of what *exit_* needs."""
        return [self._position[need.number] for need in exit_.needs if need.number in self._position]

    def begin(self, exit_: Exit) -> bool:
        """Begin the closing of *exit_* in a task of its own; return False where that is not possible."""
        raise NotImplementedError

    def ask(self) -> None:
        """Begin the closing of whatever is ready, as far as the limit goes."""
        while self._ready and self._has_room():
            import heapq  # noqa: PLC0415 - for what closes at the same time

            exit_ = self._exits[heapq.heappop(self._ready)]
            self.asked[exit_.number] = exit_
            self._n_closing += 1
            if not self.begin(exit_):
                del self.asked[exit_.number]
                self._n_closing -= 1

    def _has_room(self) -> bool:
        return self._limit is None or self._n_closing < self._limit

    def in_the_way(self, exit_: Exit) -> Exit | None:
        """Return what has to end before *exit_* may be closed on the spot, None if it may be, or is closing already."""
        if exit_.number in self.asked or self._has_room():
            return None
        return next(other for number, other in self.asked.items() if number not in self._ended)

    def ended(self, exit_: Exit) -> None:
        """Note that *exit_* is closed, or given up; what only it still needed may close. Noting it again is a no-op."""
        if exit_.number in self._ended:
            return
        self._ended.add(exit_.number)
        self._n_closing -= exit_.number in self.asked
        for position in self._below(exit_):
            self._n_above[position] -= 1
            if self._n_above[position] == 0:
                import heapq  # noqa: PLC0415 - as above

                heapq.heappush(self._ready, position)
        self.ask()
