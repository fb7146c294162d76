"""
Searches through schedules by running the same program again and again (stateless search).

A program is a function from a schedule to what was seen; it always runs to its end, so every schedule that is tried
is a whole one and is checked as such.
"""

import random
from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Protocol, TypeAlias

from tests.laws.rig.oracle import Violation

State: TypeAlias = Callable[[], Hashable]
"""Gives what stands for the state of the program now; equal ones have equal futures."""
Beyond: TypeAlias = Callable[[State], bool]
"""Asked at each choice beyond the schedule that was given: whether to branch here and further on."""


@dataclass(slots=True)
class Played:
    """One run."""

    widths: list[int]
    """Ways to go on, at each choice."""
    n_open: int
    """How many of these choices are to be branched."""
    violations: list[Violation] = field(default_factory=list)


class Play(Protocol):
    """Runs the program under a schedule."""

    def __call__(self, choices: Sequence[int], beyond: Beyond | None) -> Played:
        """Run it; beyond the end of *choices* the first way is taken."""
        ...


@dataclass(slots=True)
class Found:
    """What a search saw."""

    n_runs: int = 0
    is_complete: bool = False
    """Whether every schedule was tried, or shown to lead to a state from which all were."""
    violations: list[tuple[tuple[int, ...], Violation]] = field(default_factory=list)
    """With the schedule that shows it; one per law and text."""

    def add(self, choices: Sequence[int], played: Played) -> None:
        """Count a run."""
        self.n_runs += 1
        for each in played.violations:
            if all((each.law, each.text) != (other.law, other.text) for _, other in self.violations):
                self.violations.append((shortened(choices), each))

    def merge(self, other: "Found") -> None:
        """Add what another search of the same program saw; it is complete if either was."""
        self.n_runs += other.n_runs
        self.is_complete |= other.is_complete
        known = {(each.law, each.text) for _, each in self.violations}
        self.violations += [entry for entry in other.violations if (entry[1].law, entry[1].text) not in known]


def shortened(choices: Sequence[int]) -> tuple[int, ...]:
    """Return *choices* without the zeros at their end, which say nothing."""
    end = len(choices)
    while end and choices[end - 1] == 0:
        end -= 1
    return tuple(choices[:end])


def exhaustive(play: Play, limit: int, *, prune: bool = True, seed: int = 0) -> Found:
    """
    Try every schedule; where they are more than *limit*, those that were tried are spread over all of them.

    Args:
        play: the program.
        limit: runs, at most.
        prune: whether to turn back at a state that was met before.
        seed: of the order in which schedules are tried.
    """
    found, met, draw = Found(), set[Hashable](), random.Random(seed)

    def beyond(state: State) -> bool:
        seen = hash(state())
        if seen in met:
            return False
        met.add(seen)
        return True

    todo: list[list[int]] = [[]]
    while todo and found.n_runs < limit:
        at = draw.randrange(len(todo))
        todo[at], todo[-1] = todo[-1], todo[at]
        choices = todo.pop()
        played = play(choices, beyond if prune else None)
        found.add(choices, played)
        todo += _deviations(choices, played)
    found.is_complete = not todo
    return found


def bounded(play: Play, limit: int, delays: int, seed: int = 0) -> Found:
    """Try the schedules with at most *delays* choices other than 0; where they are too many, an even part of them."""
    found, draw = Found(), random.Random(seed)
    layer: list[list[int]] = [[]]
    for depth in range(delays + 1):
        if len(layer) > limit - found.n_runs:
            layer = draw.sample(layer, max(limit - found.n_runs, 0))
        following: list[list[int]] = []
        for choices in layer:
            played = play(choices, None)
            found.add(choices, played)
            if depth < delays:
                following += _deviations(choices, played)
        layer = following
    return found


def _deviations(choices: list[int], played: Played) -> Iterator[list[int]]:
    """Give the other ways at every choice after *choices*: earlier ones were given when these were."""
    for at in range(len(choices), played.n_open):
        for chosen in range(1, played.widths[at]):
            yield choices + [0] * (at - len(choices)) + [chosen]


def scattered(play: Play, n_runs: int, seed: int = 0) -> Found:
    """Try *n_runs* random schedules: the only ones far from asyncio's order where a full search is too long."""
    found, draw = Found(), random.Random(seed)
    length = 64
    for _ in range(n_runs):
        share = draw.choice((0.1, 0.3, 0.6, 1.0))
        choices = [draw.randrange(8) if draw.random() < share else 0 for _ in range(length)]
        played = play(choices, None)
        length = len(played.widths)
        taken = [chosen % width for chosen, width in zip(choices, played.widths, strict=False)]
        found.add(taken, played)
    return found
