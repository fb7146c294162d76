"""
Every error that Tenure raises: facts as attributes, text built when it is shown.

A user's own exception is never wrapped; it passes through with a note that carries the dependency path.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

from tenure.keys import Key, show, spell
from tenure.notes import closing_errors

__all__ = [
    "AsyncInSyncError",
    "BindingError",
    "BindingInUseError",
    "CircularDependencyError",
    "CloseError",
    "ContainerClosedError",
    "Error",
    "Finding",
    "GraphError",
    "MissingBindingError",
    "NoSuchProviderError",
    "NonCopyableArgumentError",
    "NothingProvidedError",
    "PathStep",
    "ResourceError",
    "ResourceExhaustedError",
    "ResourceInitializationError",
    "ResourceProtocolError",
    "ResourceTimeoutError",
    "ScopeError",
    "ScopeNotOpenError",
    "TenureError",
    "UnforeseenAwaitError",
    "WrongLoopError",
    "closing_errors",
]


@dataclass(frozen=True, slots=True)
class PathStep:
    """One step of a dependency path: *key*, needed through *parameter* of the step before, made at *where*."""

    key: Key
    parameter: str | None
    """Name of the parameter of the previous step; None for what was asked for."""
    where: str | None
    """`file:line` of what makes the key; None where it is not bound."""


def draw_path(path: Sequence[PathStep]) -> str:
    """Return *path* as an indented tree, one step a line, each with its file and line."""
    lines = []
    for depth, step in enumerate(path):
        branch = "  " + "   " * (depth - 1) + "└─ " if depth else "  "
        parameter = f"{step.parameter}: " if step.parameter else ""
        name = "?" if repr(step.key) == "NOTHING" else show(step.key)
        lines.append(f"{branch}{parameter}{name}" + (f"   ({step.where})" if step.where else ""))
    return "\n".join(lines)


class TenureError(Exception):
    """Base of every error that Tenure raises."""


Error = TenureError
"""The same, under the name that the declarative face uses."""


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


class ResourceError(TenureError):
    """Base of the errors about one resource; a user's opening code may raise these as well."""


class ResourceInitializationError(ResourceError):
    """A resource could not be opened. For users to raise; Tenure passes it on as it is."""


class ResourceExhaustedError(ResourceError):
    """A pool or another bounded resource has nothing left to give."""


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
        where: `file:line` of the code that was running, or None.
    """

    def __init__(self, label: str, phase: str, limit_s: float, where: str | None = None) -> None:
        super().__init__(label, phase, limit_s, where)
        self.label: str = label
        self.phase: str = phase
        self.limit_s: float = limit_s
        self.where: str | None = where

    def __str__(self) -> str:
        place = f" ({self.where})" if self.where else ""
        return (
            f"{self.label}{place} did not {self.phase} within {self.limit_s:g} s; "
            f"give it more with {self.phase}_timeout=, or look at what it waits for"
        )


class BindingError(TenureError, TypeError):
    """What was given to `bind`, `resource` or a decorator cannot be used; the text says why and what would."""


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


class AsyncInSyncError(TenureError, RuntimeError):
    """
    Something that has to be awaited was asked for, or would have to be closed, where nothing can be awaited.

    Attributes:
        labels: the keys concerned, as shown.
        act: what was attempted ("open" or "close").
        way_out: the call that works.
        path: the dependency path from what was asked for down to the first of them; () where nothing was asked for.
    """

    def __init__(self, labels: Sequence[str], act: str, way_out: str, key: Key = None) -> None:
        super().__init__(labels, act, way_out)
        self.key: Key = key
        self.path: tuple[PathStep, ...] = ()
        self.labels: tuple[str, ...] = tuple(labels)
        self.act: str = act
        self.way_out: str = way_out

    def __str__(self) -> str:
        names = ", ".join(self.labels)
        verb = "is" if len(self.labels) == 1 else "are"
        done = {"open": "opened", "close": "closed"}.get(self.act, self.act)
        text = f"{names} {verb} asynchronous and cannot be {done} here, nothing was touched; use {self.way_out}"
        return text + ("\n" + draw_path(self.path) if len(self.path) > 1 else "")


class UnforeseenAwaitError(AsyncInSyncError):
    """
    What calling something gave turned out to be asynchronous, where nothing could have told before.

    Attributes:
        made: what the call gave; it was not opened, and a coroutine among it is closed.
    """

    def __init__(self, label: str, way_out: str, key: Key, made: Any) -> None:
        super().__init__([label], "open", way_out, key)
        self.made: Any = made

    def __str__(self) -> str:
        return f"{self.labels[0]} turned out to be asynchronous when it was made; use {self.way_out}"


class ScopeError(TenureError, RuntimeError):
    """A scope was used against its rules: a wrong name, entered twice, left in another task; the text says which."""


class ScopeNotOpenError(ScopeError, LookupError):
    """
    A value that lives in a named scope was asked for where no scope of that name is open.

    Attributes:
        key: what was asked for.
        scope: the name.
        path: the dependency path from what was asked for down to *key*.
    """

    def __init__(self, key: Key, scope: str) -> None:
        super().__init__(key, scope)
        self.path: tuple[PathStep, ...] = ()
        self.key: Key = key
        self.scope: str = scope

    def __str__(self) -> str:
        text = (
            f"{show(self.key)} lives in the scope {self.scope!r}, and none is open here; "
            f"did you forget `with container.resource_scope({self.scope!r})`?"
        )
        return text + ("\n" + draw_path(self.path) if len(self.path) > 1 else "")


class ContainerClosedError(TenureError, RuntimeError):
    """
    A container or a scope was used after its close began.

    Attributes:
        subject: "the container" or "the scope 'request'".
        state: "closing" or "closed".
    """

    def __init__(self, subject: str, state: str = "closed") -> None:
        super().__init__(subject, state)
        self.subject: str = subject
        self.state: str = state

    def __str__(self) -> str:
        return (
            f"{self.subject} is {self.state} and gives or takes nothing any more; "
            "do what needs it before it is closed, or enter a new one"
        )


class WrongLoopError(TenureError, RuntimeError):
    """
    An asynchronous resource was used or closed on another event loop than the one it was opened on.

    Attributes:
        label: the key as shown.
        opened_on: the loop it was opened on, as text.
        used_on: the loop that tried, as text.
    """

    def __init__(self, label: str, opened_on: str, used_on: str) -> None:
        super().__init__(label, opened_on, used_on)
        self.label: str = label
        self.opened_on: str = opened_on
        self.used_on: str = used_on

    def __str__(self) -> str:
        return (
            f"{self.label} was opened on {self.opened_on} and cannot be used or closed on {self.used_on}; "
            "close the container on the loop that opened it, or use one container per loop"
        )


class CloseError(ExceptionGroup[Exception], TenureError):
    """What the closing code of one or more resources raised, in order of closing; nothing else had failed."""

    def derive(self, excs: Sequence[Any], /) -> Self:  # type: ignore[override]  # always this class
        """Return a group of the same class around *excs* (PEP 654)."""
        return type(self)(self.message, excs)


@dataclass(frozen=True, slots=True)
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
