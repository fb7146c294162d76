"""
A scope: owns what was made for it, and closes it.

Plain data with a state; what happens to it is in `opening`, `leaving` and `managed`. A scope holds no reference to
itself, so that a request's objects die with the request (L16).
"""

from contextvars import ContextVar, Token
from enum import Enum
from typing import Any

from tenure.errors import AsyncInSyncError, ContainerClosedError, ResourceEndedError
from tenure.keys import Key
from tenure.lifecycle.backends import Region, is_cancellation
from tenure.lifecycle.claim import Claim
from tenure.lifecycle.exits import Exit, next_number
from tenure.lifecycle.latch import Latch
from tenure.model.binding import Binding

ROOT = "root"
ANONYMOUS = "anonymous"


class State(Enum):
    """Where a scope is in its life; it only moves down."""

    OPEN = "open"
    DRAINING = "draining"
    """Nothing new is opened; what is open still serves until its turn comes. The root only."""
    CLOSING = "closing"
    CLOSED = "closed"


class Ending(Latch):
    """
    The end of a scope's closing, for those who close it meanwhile.

    Attributes:
        failure: what the closing raised, None if nothing.
        loop: the event loop that the closing runs on, None where none ran.
    """

    __slots__ = ("failure", "loop")

    def __init__(self, loop: Any) -> None:
        super().__init__()
        self.loop: Any = loop
        self.failure: BaseException | None = None


class Scope:
    """
    A stretch of a program's run.

    Attributes:
        engine: whose bindings it serves.
        parent: the scope around it, None for the root.
        outer: what was current when it was entered, of whichever engine.
        name: "root", a name of the ladder, "call" or "anonymous".
        cache: values by key; emptied at once when closing begins.
        exits: what it owes, in order of opening: by key, or by number for what has no place in the cache.
        inflight: openings under way, by key or record.
        records: objects that live here and that their own methods open, by key.
        children: open scopes inside it.
        unordered: whether something was opened after what depends on it, so that the order needs working out.
        is_sync: whether it was entered by plain `with`, so that nothing in it can be awaited when it is left.
        max_parallel: how many resources are opened or closed at the same time, by starting it and leaving it; None: any
            number.
        task: the task that entered it; None for the root and for synchronous code.
        asked: keys that the code in it asked for; what the root still has to keep for it when it closes.
        ending: the end of its closing while it closes.
        region: what cancels the body of the `async with` that it stands for, None where there is none.
        crashed: why it was cancelled.
        cut_off: the error that its body gets when it ends, where it was closed from outside before.
    """

    __slots__ = (
        "__weakref__",
        "asked",
        "cache",
        "children",
        "crashed",
        "cut_off",
        "ending",
        "engine",
        "exits",
        "inflight",
        "is_sync",
        "max_parallel",
        "name",
        "number",
        "outer",
        "parent",
        "records",
        "region",
        "state",
        "task",
        "token",
        "unordered",
        "values",
    )

    def __init__(self, engine: Any, parent: "Scope | None", name: str) -> None:
        self.engine: Any = engine
        self.parent: Scope | None = parent
        self.name: str = name
        self.number: int = next_number()
        self.outer: Scope | None = None
        self.state: State = State.OPEN
        self.cache: dict[Key, Any] = {}
        self.exits: dict[Any, Exit] = {}
        self.inflight: dict[Any, Claim] = {}
        self.records: dict[Key, Any] = {}
        self.children: set[Scope] = set()
        self.values: dict[Key, Any] = {}
        self.unordered: bool = False
        self.is_sync: bool = False
        self.max_parallel: int | None = None
        self.task: Any = None
        self.token: Token[Scope | None] | None = None
        self.asked: set[Key] = set()
        self.ending: Ending | None = None
        self.cut_off: BaseException | None = None
        self.region: Region | None = None
        self.crashed: BaseException | None = None

    def __repr__(self) -> str:
        return f"<Scope {self.name!r} {self.state.value}, {len(self.exits)} open>"

    @property
    def subject(self) -> str:
        """The scope as errors name it."""
        return "the container" if self.parent is None else f"the scope {self.name!r}"

    def crash(self, error: BaseException) -> None:
        """Cancel the body: a resource's own task failed with *error*, which is raised where the body ends (L56)."""
        if self.state is not State.OPEN or is_cancellation(error):
            return
        is_first = self.crashed is None
        if is_first or isinstance(self.crashed, ResourceEndedError):
            self.crashed = error  # what it failed of shows only when it has closed
        if is_first and self.region is not None:
            self.region.cancel()

    def begin_region(self, region: Region) -> None:
        """Let *region* be the body; it is cancelled at once where something failed while the scope was entered."""
        self.region = region
        if self.crashed is not None:
            region.cancel()

    async def end_region(self, error: BaseException | None) -> BaseException | None:
        """Return what ended the body: *error*, or what it was cancelled for."""
        region, self.region = self.region, None
        crashed, self.crashed = self.crashed, None
        if region is None:
            return error
        left = await region.end(error)
        return crashed if left is None and crashed is not None else left

    def refuse_unless_serving(self) -> None:
        """Raise ContainerClosedError once what is open is no longer to be had."""
        if self.state in (State.CLOSING, State.CLOSED):
            raise ContainerClosedError(self.subject, self.state.value)

    def refuse_unless_open(self) -> None:
        """Raise ContainerClosedError once closing has begun."""
        if self.state is not State.OPEN:
            raise ContainerClosedError(self.subject, self.state.value)


current: ContextVar[Scope | None] = ContextVar("tenure.scope", default=None)
"""The innermost scope that the running code is in, of whichever engine."""


closing: ContextVar[tuple[Scope, ...]] = ContextVar("tenure.closing", default=())
"""The scopes that the running code is part of the closing of."""


def current_of(engine: Any) -> Scope:
    """Return the innermost scope of *engine* that the running code is in: its root where there is none."""
    scope = current.get()
    while scope is not None and scope.engine is not engine:
        scope = scope.outer
    return scope if scope is not None else engine.root


def live_chain(scope: Scope | None) -> list[Scope]:
    """Return *scope* and the scopes around it, outermost first."""
    chain = []
    while scope is not None:
        chain.append(scope)
        scope = scope.parent
    return chain[::-1]


def every_scope(scope: Scope) -> list[Scope]:
    """Return *scope* and every open scope inside it, outer ones first."""
    found = [scope]
    for each in found:  # it grows while it is walked
        found.extend(tuple(each.children))
    return found


def refuse_sync_scope(binding: Binding, home: Scope) -> None:
    """Raise if *home* was entered by plain `with`, and so could not close an asynchronous resource."""
    lifecycle = binding.lifecycle
    if home.is_sync and lifecycle is not None and lifecycle.is_async:
        raise AsyncInSyncError([binding.label], "close", "`async with container.resource_scope()`")
