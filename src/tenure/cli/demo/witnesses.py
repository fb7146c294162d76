"""
One question to three witnesses: what the clients were told, what Tenure says, what the system shows.

Knows numbers only.
"""

from dataclasses import dataclass
from typing import TypeAlias

Range: TypeAlias = tuple[int, int]
"""Least and most that a witness can mean: a client that was cut off does not know what became of its request."""


@dataclass(frozen=True, slots=True)
class Check:
    """One question and what each witness says to it; None: it cannot know."""

    question: str
    clients: Range | None = None
    tenure: Range | None = None
    system: Range | None = None
    source: str = ""
    """Where the last answer was found."""
    expected: int | None = None
    """What it has to be, whoever is asked; None: it only has to be the same."""
    details: tuple[str, ...] = ()
    """What is wrong, one by one."""

    @property
    def agrees(self) -> bool:
        """Whether there is a number that every witness can mean, and nothing in particular is wrong."""
        said = [answer for answer in (self.clients, self.tenure, self.system) if answer is not None]
        if self.expected is not None:
            said.append((self.expected, self.expected))
        return not self.details and max(low for low, _ in said) <= min(high for _, high in said)

    @property
    def said(self) -> str:
        """What each witness says, and what it should be, in a line."""
        said = [("the clients say", self.clients), ("Tenure says", self.tenure), ("the system says", self.system)]
        if self.expected is not None:
            said.append(("it should be", (self.expected, self.expected)))
        return ", ".join(f"{who} {show_range(answer)}" for who, answer in said if answer is not None)


def show_range(answer: Range | None) -> str:
    """Return *answer* as it stands in a table."""
    if answer is None:
        return "-"
    low, high = answer
    return f"{low:,}" if low == high else f"{low:,}-{high:,}"
