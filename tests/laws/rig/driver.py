"""What a driver is: a maker of cases, and a runner of one."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from tests.laws.rig.oracle import Violation


@dataclass(slots=True)
class Outcome:
    """What became of a case."""

    backend: str
    """ "sync", "asyncio", "uvloop", "trio" or "threads"."""
    laws: Sequence[str]
    """The laws it was checked for: a run that could not break a law does not name it."""
    n_runs: int = 1
    """How many runs it stands for: an exhaustive search is one case and many runs."""
    violations: list[Violation] = field(default_factory=list)
    """Each with the string that replays it."""


class Driver(Protocol):
    """A module `tests.laws.<folder>.driver` offers these names."""

    LETTER: str
    TITLE: str
    LIMIT_S: float
    """How long one case may take, in seconds; a driver that does not say gets 120."""

    def cases(self, full: bool) -> Iterator[str]:
        """Give every case; without *full*, the quick part (a few seconds), chosen evenly, the same each time."""
        ...

    def run(self, case: str) -> Outcome | list[Outcome]:
        """
        Run *case*, one of `cases` or the replay string of a violation.

        Raises:
            ValueError: it is no case of this driver.
        """
        ...
