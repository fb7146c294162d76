"""What one resource, its opening or its closing did."""

from collections.abc import Sequence
from typing import Any, Self

from tenure.errors.base import ResourceError, TenureError
from tenure.notes import told


class ResourceInitializationError(ResourceError):
    """A resource could not be opened. For users to raise; Tenure passes it on as it is."""


class ResourceExhaustedError(ResourceError):
    """A pool or another bounded resource has nothing left to give."""


class ResourceUnavailableError(ResourceError):
    """
    A resource that is declared optional failed to open, and nothing is declared to stand in for it.

    Its cause (`__cause__`) is the error of the opening. The next request tries again.

    Attributes:
        key: the key of the resource.
        label: the key as shown.
        where: `file:line` of the opening code, or None.
    """

    def __init__(self, key: Any, label: str, where: str | None) -> None:
        super().__init__(key, label, where)
        self.key: Any = key
        self.label: str = label
        self.where: str | None = where

    def __str__(self) -> str:
        place = f" ({self.where})" if self.where else ""
        cause = f": {told(self.__cause__)}" if self.__cause__ is not None else ""
        return (
            f"{self.label}{place} is optional and could not be opened{cause}; declare what stands in for it, "
            f"@resource(fallback=...), or let what needs it take None: {self.label} | None"
        )


class ResourceEndedError(ResourceError):
    """
    A resource ended by itself while it was in use: a task of its own failed, or ended it.

    It cancels the body of the scope, and leaves it where the resource's closing code raises nothing of its own; else
    that error leaves.

    Attributes:
        label: the key as shown.
        where: `file:line` of the opening code, or None.
    """

    def __init__(self, label: str, where: str | None) -> None:
        super().__init__(label, where)
        self.label: str = label
        self.where: str | None = where

    def __str__(self) -> str:
        place = f" ({self.where})" if self.where else ""
        return (
            f"{self.label}{place} ended by itself while it was in use: look at the tasks that it starts, and handle in "
            "them what may fail"
        )


class ResourceProtocolError(ResourceError, RuntimeError):
    """
    A resource broke the rules of its own kind: a generator that never yields, or yields twice.

    Attributes:
        label: the key as shown.
        where: `file:line` of the opening code, or None.
        problem: what it did.
        hint: what to do.
    """

    def __init__(self, label: str, where: str | None, problem: str, hint: str) -> None:
        super().__init__(label, where, problem, hint)
        self.label: str = label
        self.where: str | None = where
        self.problem: str = problem
        self.hint: str = hint

    def __str__(self) -> str:
        place = f" ({self.where})" if self.where else ""
        return f"{self.label}{place} {self.problem}; {self.hint}"


class ResourceTimeoutError(ResourceError, TimeoutError):
    """
    A resource ran over its time limit.

    Attributes:
        label: the key as shown.
        phase: "open" or "close".
        limit_s: the limit, in seconds.
        where: `file:line` of the resource's code, or None.
        waiting_at: `file:line` where that code waited when the limit passed, or None if that cannot be told.
        needed_by: what is made from the resource, as shown.
        since: what the limit counts from where it is not the phase itself, and what waits for the opening no longer:
            "the close began", "its shutdown began", "something that it needs was replaced" or "its start was given up";
            else "".
    """

    def __init__(
        self,
        label: str,
        phase: str,
        limit_s: float,
        where: str | None = None,
        waiting_at: str | None = None,
        needed_by: tuple[str, ...] = (),
        since: str = "",
    ) -> None:
        super().__init__(label, phase, limit_s, where, waiting_at, needed_by, since)
        self.since: str = since
        self.waiting_at: str | None = waiting_at
        self.needed_by: tuple[str, ...] = needed_by
        self.label: str = label
        self.phase: str = phase
        self.limit_s: float = limit_s
        self.where: str | None = where

    def __str__(self) -> str:
        place = f" ({self.where})" if self.where else ""
        waits = f", where it waited at {self.waiting_at}" if self.waiting_at else ""
        above = f"; it is needed by {', '.join(self.needed_by)}" if self.needed_by else ""
        if self.since:
            what = f"was still opening {self.limit_s:g} s after {self.since}, and was cut off"
            hint = "let it give up sooner with open_timeout=, give it more with close_timeout="
        else:
            what = f"did not {self.phase} within {self.limit_s:g} s"
            hint = f"give it more with {self.phase}_timeout="
        return f"{self.label}{place} {what}{waits}{above}; {hint}, or look at what it waits for"


class CloseError(ExceptionGroup[Exception], TenureError):
    """What the closing code of one or more resources raised, in order of closing; nothing else had failed."""

    def derive(self, excs: Sequence[Any], /) -> Self:  # type: ignore[override]  # always this class
        """Return a group of the same class around *excs* (PEP 654)."""
        return type(self)(self.message, excs)
