"""Counts cases per law and backend, and keeps what was violated."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from tests.laws.rig.driver import Outcome
from tests.laws.rig.oracle import Violation


@dataclass(slots=True)
class Tally:
    """The account of many cases."""

    counts: Counter[tuple[str, str]] = field(default_factory=Counter)
    """Runs by law and backend."""
    n_runs: Counter[str] = field(default_factory=Counter)
    """Runs by the letter of the driver."""
    violations: list[Violation] = field(default_factory=list)

    def add(self, letter: str, outcomes: Outcome | Iterable[Outcome]) -> None:
        """Count *outcomes* of one case of driver *letter*."""
        for outcome in [outcomes] if isinstance(outcomes, Outcome) else outcomes:
            self.n_runs[letter] += outcome.n_runs
            for law in outcome.laws:
                self.counts[law, outcome.backend] += outcome.n_runs
            self.violations += outcome.violations

    def merge(self, other: "Tally") -> None:
        """Add what *other* counted."""
        self.counts += other.counts
        self.n_runs += other.n_runs
        self.violations += other.violations
