"""What is wrong with what was bound."""

from collections.abc import Sequence

from tenure.errors.base import TenureError
from tenure.errors.paths import PathStep, draw_path
from tenure.keys import Key, show, spell
from tenure.record import record


class BindingError(TenureError, TypeError):
    """What was given to `bind`, `resource` or a decorator cannot be used; the text says why and what would."""


class GuessError(BindingError):
    """
    A strict container would have to guess how a resource is opened or closed.

    Attributes:
        key: its key.
        rule: what the guess rests on, as `explain` says it.
        calls: the calls that were guessed, `close()` for example.
        where: `file:line` of what makes it, or None.
    """

    def __init__(self, key: Key, rule: str, calls: Sequence[str], where: str | None) -> None:
        super().__init__(key, rule, calls, where)
        self.key: Key = key
        self.rule: str = rule
        self.calls: tuple[str, ...] = tuple(calls)
        self.where: str | None = where

    def __str__(self) -> str:
        place = f" ({self.where})" if self.where else ""
        return (
            f"{show(self.key)}{place} is taken for a resource with {' and '.join(self.calls)}, only because "
            f"{self.rule}, and this container is strict: say it with bind(..., close=...), with `initialize` and "
            f"`dispose`, or make it in a generator"
        )


class BindingInUseError(TenureError, RuntimeError):
    """
    A key was bound again after something had been made from its binding.

    Attributes:
        key: the key.
    """

    def __init__(self, key: Key) -> None:
        super().__init__(key)
        self.key: Key = key

    def __str__(self) -> str:
        return (
            f"{show(self.key)} is in use: something was already made from its binding; "
            f"bind it before the first get, or replace it for a while with container.override({spell(self.key)}, ...)"
        )


class MissingBindingError(TenureError, LookupError):
    """
    Nothing is bound to a key that is needed, and Tenure cannot make it by itself.

    Attributes:
        key: the missing key.
        path: the dependency path from what was asked for down to the key.
        reason: why it cannot be made without a binding.
        near: names of bound keys that look like it.
    """

    def __init__(self, key: Key, path: Sequence[PathStep], reason: str, near: Sequence[str] = ()) -> None:
        super().__init__(key, path, reason, near)
        self.key: Key = key
        self.path: tuple[PathStep, ...] = tuple(path)
        self.reason: str = reason
        self.near: tuple[str, ...] = tuple(near)

    def __str__(self) -> str:
        text = f"nothing is bound to {show(self.key)}: {self.reason}"
        if len(self.path) > 1:
            text += "\n" + draw_path(self.path)
        if self.near:
            text += f"\n  did you mean {' or '.join(self.near)}?"
        return text


class CircularDependencyError(TenureError, RuntimeError):
    """
    A key needs itself, directly, through others, or through a `get` while it opens.

    Attributes:
        path: the cycle, first step repeated at the end.
    """

    def __init__(self, path: Sequence[PathStep]) -> None:
        super().__init__(path)
        self.path: tuple[PathStep, ...] = tuple(path)

    def __str__(self) -> str:
        names = " -> ".join(show(step.key) for step in self.path)
        return (
            f"circular dependency: {names}\n{draw_path(self.path)}\n"
            "  break it: let one of them take what it needs later (a factory, or container.get in a method)"
        )


@record
class Finding:
    """One thing that `check()` has to say about a graph."""

    level: str
    """"error", "warning" or "info"."""
    kind: str
    """A word to look up: "missing", "cycle", "captive", "uninjectable", "abstract", "ambiguous", ..."""
    key: Key
    """The key that it is about."""
    text: str
    """What is wrong, likely why, and what to do."""
    where: str | None
    """`file:line`, or None."""

    def __str__(self) -> str:
        place = f" ({self.where})" if self.where else ""
        return f"{self.level}: {self.kind}: {self.text}{place}"


class GraphError(TenureError):
    """
    The graph has errors; all findings are told at once.

    Attributes:
        findings: every finding, errors first.
    """

    def __init__(self, findings: Sequence[Finding]) -> None:
        super().__init__(findings)
        self.findings: tuple[Finding, ...] = tuple(findings)

    def __str__(self) -> str:
        count = len(self.findings)
        lines = [f"{count} finding{'s' if count != 1 else ''}"]
        for number, finding in enumerate(self.findings, 1):
            lines.append(f"{number}. " + str(finding).replace("\n", "\n   "))
        return "\n".join(lines)
