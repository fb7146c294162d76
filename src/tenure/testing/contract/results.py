"""What came of running checks: plain data."""

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from typing import Any

from tenure.testing.contract.laws import LAWS, Law

KEPT, BROKEN, NOT_OFFERED, BY_THE_RIG = "kept", "broken", "not offered", "by the rig"
MARKS = {KEPT: "✓", BROKEN: "✗", NOT_OFFERED: "–", BY_THE_RIG: "rig"}  # noqa: RUF001  # the dash of tables


@dataclass(frozen=True, slots=True)
class Verdict:
    """
    What came of one check in one world.

    Attributes:
        law: such as "L18".
        check: the name of the check.
        world: where it ran.
        outcome: "kept", "broken" or "not offered".
        reason: why it is broken, in a line.
        trace: what user code saw, if it is broken.
    """

    law: str
    check: str
    world: str
    outcome: str
    reason: str = ""
    trace: str = ""

    def told(self) -> str:
        """Return law, check, reason and trace as text."""
        return f"{self.law} in {self.world}, {self.check}:\n  {self.reason}\n{self.trace}"


@dataclass(slots=True)
class Results:
    """What came of all checks of one adapter."""

    name: str
    verdicts: list[Verdict] = field(default_factory=list)

    def of(self, law: Law, worlds: Iterable[str] | None = None) -> str:
        """Return "broken" if one check of *law* is, "kept" if one at least holds, else why there is none."""
        allowed = set(worlds) if worlds is not None else None
        outcomes = {v.outcome for v in self.verdicts if v.law == law.name and (allowed is None or v.world in allowed)}
        if law.rig and not outcomes:
            return BY_THE_RIG
        return next((each for each in (BROKEN, KEPT) if each in outcomes), NOT_OFFERED)

    def broken(self) -> Iterator[Verdict]:
        """Give what is broken."""
        return (verdict for verdict in self.verdicts if verdict.outcome == BROKEN)

    def laws_broken(self) -> set[str]:
        """Return the names of the laws that are broken."""
        return {verdict.law for verdict in self.broken()}

    def counts(self) -> dict[str, int]:
        """Return how many laws have each outcome."""
        outcomes = [self.of(law) for law in LAWS]
        return {each: outcomes.count(each) for each in MARKS}

    def as_data(self) -> dict[str, Any]:
        """Return it as what JSON can hold."""
        return {"name": self.name, "verdicts": [asdict(verdict) for verdict in self.verdicts]}

    @classmethod
    def from_data(cls, data: dict[str, Any]) -> "Results":
        """Return what `as_data` gave."""
        return cls(data["name"], [Verdict(**each) for each in data["verdicts"]])
