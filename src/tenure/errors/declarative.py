"""What the declarative face raises."""

from collections.abc import Sequence
from typing import Any

from tenure.errors.base import TenureError


class NoSuchProviderError(TenureError, AttributeError):
    """A container has no provider of that name."""


class NothingProvidedError(TenureError, TypeError):
    """A provider is called that was never told what it provides."""


class NonCopyableArgumentError(TenureError):
    """
    An argument of a provider cannot be copied for a container of its own.

    Attributes:
        provider: whose argument it is.
        index: its position; -1 for a keyword argument.
        keyword: its name; "" for a positional argument.
    """

    def __init__(self, provider: Any, index: int = -1, keyword: str = "") -> None:
        super().__init__(provider, index, keyword)
        self.provider: Any = provider
        self.index: int = index
        self.keyword: str = keyword

    def __str__(self) -> str:
        which = f"the argument {self.keyword!r}" if self.keyword != "" else f"argument {self.index}"
        return f"{which} of the provider {self.provider} cannot be copied; give it as providers.Object(...)"


class SchemaError(TenureError):
    """
    A schema describes what cannot be made.

    Attributes:
        place: where in the schema, dotted: "container.core.pool.args[0]".
        problem: what is wrong there.
        near: what may have been meant.
    """

    def __init__(self, place: str, problem: str, near: Sequence[str] = ()) -> None:
        super().__init__(place, problem, near)
        self.place: str = place
        self.problem: str = problem
        self.near: tuple[str, ...] = tuple(near)

    def __str__(self) -> str:
        hint = f"; did you mean {' or '.join(self.near)}?" if self.near else ""
        return f"{self.place}: {self.problem}{hint}"
