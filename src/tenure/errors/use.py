"""What was asked for where it cannot be had: without a loop, on another one, in no scope, after the end."""

from collections.abc import Sequence
from typing import Any

from tenure.errors.base import TenureError
from tenure.errors.paths import PathStep, draw_path
from tenure.keys import Key, show


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
        BaseException.__setattr__(self, "args", (label, way_out, key, made))  # what a copy is made from
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
