"""What an adapter gives for a scenario: one statement that does the work once, and what it needs."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any


class NotOfferedError(Exception):
    """The library has no such thing; the text says what is missing."""


class WrongResultError(Exception):
    """An adapter was asked for a result and gave another one, so that its time would mean nothing."""


@dataclass(frozen=True)
class Case:
    """
    One library doing the work of one scenario.

    It is a statement and not a function, so that a library is charged for what its users write and not for a lambda.
    """

    statement: str
    """An expression that does the work once, as a user writes it; `await …` where the scenario is asynchronous."""
    names: Mapping[str, Any] = field(default_factory=dict)
    """What the statement's names mean: they are globals of the code that is timed."""
    close: Callable[[], Any] | None = None
    """Ends what was built for it; may give an awaitable where the scenario is asynchronous."""
    note: str = ""
    """What a reader must know to judge the number: locks that are off, a step that is missing."""


def expect(condition: object, what: str) -> None:
    """
    Stand for a fact about a result.

    Raises:
        WrongResultError: *condition* does not hold; the text is *what* should have.
    """
    if not condition:
        raise WrongResultError(what)
