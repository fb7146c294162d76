"""What was counted, driver by driver and law by law."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.laws.rig.tally import Tally
from tests.laws.running.batches import Result
from tests.laws.running.discovering import Found

BACKENDS = ("sync", "asyncio", "uvloop", "trio", "threads")
LAWS = tuple(f"L{number}" for number in range(1, 71))
MOOT = {"L21": "there are no priorities, so none can beat a need"}
"""Laws that nothing here could break, and why."""


@dataclass(slots=True)
class OfDriver:
    """The account of one driver."""

    found: Found
    n_cases: int = 0
    seconds: float = 0.0
    """Of all workers together."""
    is_ended: bool = False
    tally: Tally = field(default_factory=Tally)

    @property
    def n_runs(self) -> int:
        """Runs, of which a case may hold many."""
        return self.tally.n_runs.total()

    @property
    def rate(self) -> float:
        """Runs per second of one worker."""
        return self.n_runs / self.seconds if self.seconds > 0 else 0.0

    def add(self, result: Result) -> None:
        """Count *result*, part of a batch."""
        self.n_cases += result.n_cases
        self.seconds += result.seconds
        self.tally.merge(result.tally)


@dataclass(slots=True)
class Account:
    """
    Everything that a run of the rig found.

    Attributes:
        drivers: in the order in which they run.
        is_whole: whether every case of every driver was asked for: a law that none was checked for is a failure then.
        is_cut: whether it was ended by Ctrl-C.
        bank: the bugs of the bank: name → the driver that killed it, "" for one that survives; None: it was not run.
    """

    drivers: list[OfDriver]
    is_whole: bool = False
    is_cut: bool = False
    bank: Mapping[str, str] | None = None

    def tally(self) -> Tally:
        """Return the sum of all drivers."""
        total = Tally()
        for each in self.drivers:
            total.merge(each.tally)
        return total

    def unchecked(self) -> list[str]:
        """Return the laws that nothing was checked for."""
        counted = Counter({law: n for (law, _), n in self.tally().counts.items()})
        return [law for law in LAWS if not counted[law] and law not in MOOT]

    def survivors(self) -> list[str]:
        """Return the bugs of the bank that no driver noticed."""
        return [name for name, killer in (self.bank or {}).items() if not killer]

    @property
    def exit_code(self) -> int:
        """1 on a violation, a surviving bug, a driver that cannot be used, or a law left out of a whole run."""
        bad = self.tally().violations or self.survivors() or any(each.found.problem for each in self.drivers)
        return int(bool(bad or self.is_cut or (self.is_whole and self.unchecked())))

    def as_json(self, titles: Mapping[str, str]) -> dict[str, Any]:
        """Return it as plain data; *titles* of laws by number."""
        tally = self.tally()
        laws = {
            law: {
                "title": titles.get(law, ""),
                "runs": {each: tally.counts[law, each] for each in BACKENDS if tally.counts[law, each]},
                "violations": sum(each.law == law for each in tally.violations),
            }
            for law in LAWS
        }
        drivers = {
            each.found.letter: {
                "title": each.found.title, "cases": each.n_cases, "runs": each.n_runs, "seconds": round(each.seconds, 1)
            }
            for each in self.drivers
        }  # fmt: skip
        violations = [{"law": each.law, "case": each.case, "text": each.text} for each in tally.violations]
        ok = self.exit_code == 0
        return {
            "ok": ok,
            "whole": self.is_whole,
            "laws": laws,
            "drivers": drivers,
            "violations": violations,
            "bank": self.bank,
        }
