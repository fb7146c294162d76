"""
Which fault happens at which step.

A plan is written "4=Fault" (at the fourth step alone), "4..=Fault" (at the fourth and all later ones) or
"4=Fault+7=Hang" (a second one on the way out). Steps are numbered from 1, as user code passes them.
"""

import asyncio
import re
from dataclasses import dataclass
from enum import Flag, auto


class Trait(Flag):
    """What a step is, and so what can go wrong there."""

    OPEN = auto()
    CLOSE = auto()
    BODY = auto()
    BEGIN = auto()
    """Before anything was asked of the library."""
    WAITS = auto()
    """User code may await here."""
    YIELDS = auto()
    """Of a generator."""
    SEES = auto()
    """Of closing code that is shown the outcome."""
    LAST = auto()
    """The last step of its phase."""


class Fault(Exception):
    """What user code raises on purpose."""


class Base(BaseException):
    """What user code raises on purpose, and no `except Exception` catches."""


class Raised(asyncio.CancelledError):
    """A CancelledError that user code raises although nobody was cancelled."""


RAISING: dict[str, type[BaseException]] = {
    "Fault": Fault,
    "Base": Base,
    "KeyboardInterrupt": KeyboardInterrupt,
    "SystemExit": SystemExit,
    "GeneratorExit": GeneratorExit,
    "Raised": Raised,
}
CANCELLED, HANG, NO_YIELD, TWICE, SWALLOW = "Cancelled", "Hang", "NoYield", "Twice", "Swallow"
KINDS = (*RAISING, CANCELLED, HANG, NO_YIELD, TWICE)
"""What happens first. SWALLOW (closing code keeps the outcome it is shown to itself) only ever comes second."""


@dataclass(frozen=True, slots=True)
class Plan:
    """Kinds of faults by the number of the step; from step *since* on, always *always*."""

    faults: tuple[tuple[int, str], ...] = ()
    since: int = 0
    always: str | None = None

    def at(self, n: int) -> str | None:
        """Return the kind of the fault at step *n*, or None."""
        for number, kind in self.faults:
            if number == n:
                return kind
        return self.always if self.always is not None and n >= self.since else None

    def __str__(self) -> str:
        parts = [f"{n}={kind}" for n, kind in self.faults]
        if self.always is not None:
            parts.append(f"{self.since}..={self.always}")
        return "+".join(parts) or "none"

    @property
    def hangs(self) -> bool:
        """Whether something needs a time limit."""
        return self.always == HANG or any(kind == HANG for _, kind in self.faults)


def parse(text: str) -> Plan:
    """
    Return the plan written *text*.

    Raises:
        ValueError: it is none.
    """
    if text == "none":
        return Plan()
    faults, since, always = [], 0, None
    for part in text.split("+"):
        found = re.fullmatch(r"(\d+)(\.\.)?=(\w+)", part)
        if found is None or found[3] not in (*KINDS, SWALLOW):
            raise ValueError(f"{part!r} is no fault: say 4=Fault or 4..=Fault")
        if found[2]:
            since, always = int(found[1]), found[3]
        else:
            faults.append((int(found[1]), found[3]))
    return Plan(tuple(faults), since, always)


def fits(kind: str, traits: Trait) -> bool:
    """Tell whether *kind* can happen at a step with *traits*."""
    if Trait.BEGIN in traits:
        return kind == CANCELLED
    if kind == HANG:
        return Trait.WAITS in traits and bool(traits & (Trait.OPEN | Trait.CLOSE))
    if kind == NO_YIELD:
        return Trait.YIELDS | Trait.OPEN | Trait.LAST in traits
    if kind == TWICE:
        return Trait.YIELDS | Trait.CLOSE | Trait.LAST in traits
    if kind == SWALLOW:
        return Trait.SEES | Trait.CLOSE | Trait.LAST in traits
    return True
