"""
A scope: owns what was made for it, and closes it.

Plain data with a state; what happens to it is in `opening`, `leaving` and `managed`. A scope holds no reference to
itself, so that a request's objects die with the request (L16).

Most scopes are short and simple: entered, something fetched, left. Such a scope has no tables but its cache; the others
come to be when somebody looks at them, and from then on it is simple no longer (see `swift`).
"""

from collections.abc import Callable
from contextvars import ContextVar, Token
from typing import Any

from tenure.choice import Choice
from tenure.errors import AsyncInSyncError, ContainerClosedError, ResourceEndedError, ScopeError
from tenure.keys import Key
from tenure.lifecycle.backends import Region, is_cancellation
from tenure.lifecycle.claim import Claim
from tenure.lifecycle.exits import Exit, next_number
from tenure.lifecycle.latch import Latch
from tenure.live import Live
from tenure.model.binding import Binding

ROOT = "root"
ANONYMOUS = "anonymous"


class State(Choice):
    """Where a scope is in its life; it only moves down."""

    NEW = "not entered"
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
        is_swift: whether swift code is about it, which tells of it only if somebody asks.
    """

    __slots__ = ("failure", "is_swift", "loop")

    def __init__(self, loop: Any) -> None:
        super().__init__()
        self.is_swift: bool = False
        self.loop: Any = loop
        self.failure: BaseException | None = None


_LATER = (
    "asked",
    "children",
    "crashed",
    "cut_off",
    "ending",
    "exits",
    "inflight",
    "is_sync",
    "max_parallel",
    "outer",
    "records",
    "region",
    "task",
    "token",
    "unordered",
    "values",
    "waits",
)
"""Parts that are made when somebody looks at them; each has a slot, whose name begins with an underscore."""


class Scope(Live):
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
        children: open scopes inside it, in the order in which they were entered.
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
        is_simple: whether nobody has looked at its tables, so that there is nothing in them.
        idle: there as long as no swift code opens or closes in it; see `swift`.
        level: the swift functions of the scopes of its name; only scopes that may be entered swiftly have it.
        made: what was in the cache, while swift code closes.
        opened: generators that swift code opened, each followed by its binding, in order of opening; None: none.
        waits: the mark of the swift code that waits in it; None: none does. See `at_work`.
    """

    __slots__ = (
        "__weakref__",
        *(f"_{name}" for name in _LATER),
        "cache",
        "engine",
        "idle",
        "is_simple",
        "level",
        "made",
        "name",
        "number",
        "opened",
        "parent",
        "state",
    )

    engine: Any
    parent: "Scope | None"
    name: str
    number: int
    outer: "Scope | None"
    state: State
    cache: dict[Key, Any]
    exits: dict[Any, Exit]
    inflight: dict[Any, Claim]
    records: dict[Key, Any]
    children: "dict[Scope, None]"
    values: dict[Key, Any]
    unordered: bool
    is_sync: bool
    max_parallel: int | None
    task: Any
    token: Token["Scope | None"] | None
    asked: set[Key]
    ending: Ending | None
    cut_off: BaseException | None
    region: Region | None
    crashed: BaseException | None
    is_simple: bool
    idle: bool
    level: Any
    made: dict[Key, Any]
    opened: list[Any] | None
    waits: list[Any] | None

    @classmethod
    def begun(cls, engine: Any, parent: "Scope | None", name: str) -> "Scope":
        """Return a scope that is open."""
        self = cls()
        self.engine = engine
        self.parent = parent
        self.name = name
        self.number = next_number()
        self.state = State.OPEN
        self.cache = {}
        self.is_simple = False
        self.idle = True
        self.opened = None
        return self

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

    def fill(self) -> None:
        """Make what the steps will look at all at once, before it is entered: one by one costs ten times as much."""
        self.is_simple = False
        self.exits, self.inflight, self.records, self.children = {}, {}, {}, {}
        self.asked, self.unordered = set(), False
        self.ending = self.region = self.crashed = self.cut_off = self.task = None

    def refuse_unless_serving(self) -> None:
        """Raise ContainerClosedError once what is open is no longer to be had."""
        if self.state in (State.CLOSING, State.CLOSED):
            raise ContainerClosedError(self.subject, self.state.value)

    def refuse_unless_open(self) -> None:
        """Raise ContainerClosedError once closing has begun, ScopeError before it is entered."""
        self.is_simple = False  # before the look: swift code that leaves the scope sets its state and looks here then
        if self.state is State.NEW:
            raise ScopeError("the scope was never entered; use it as `with container.resource_scope():`")
        if self.state is not State.OPEN:
            raise ContainerClosedError(self.subject, self.state.value)


_TABLES = frozenset({"children", "ending", "exits", "inflight", "records"})


def _nothing(_: Scope) -> Any:
    return None


def _no(_: Scope) -> bool:
    return False


def _table(_: Scope) -> dict[Any, Any]:
    return {}


_FIRST: dict[str, Callable[[Scope], Any]] = {
    "asked": lambda _: set(),
    "children": _table,
    "ending": lambda scope: scope.engine.ending_of(scope),
    "exits": lambda scope: scope.engine.exits_of(scope),
    "inflight": lambda scope: scope.engine.runs_of(scope),
    "is_sync": _no,
    "records": _table,
    "region": lambda scope: scope.engine.region_of(scope),
    "unordered": _no,
    "values": _table,
}
"""What parts of a scope are before anybody sets them; the others are None."""


def _part(name: str) -> property:
    """Return the part *name* of scopes: what was set, or what it is before."""
    slot, make, is_table = getattr(Scope, f"_{name}"), _FIRST.get(name, _nothing), name in _TABLES
    read, write = slot.__get__, slot.__set__

    def get(scope: Scope) -> Any:
        try:
            return read(scope)
        except AttributeError:
            pass
        with scope.engine.lock:
            try:
                return read(scope)  # another thread was faster
            except AttributeError:
                pass
            if is_table:
                scope.is_simple = False  # before anything else: swift code looks at it after it began
            value = make(scope)
            write(scope, value)
            return value

    return property(get, write)


for _name in _LATER:
    setattr(Scope, _name, _part(_name))


current: ContextVar[Scope | None] = ContextVar("tenure.scope", default=None)
"""The innermost scope that the running code is in, of whichever engine."""


closing: ContextVar[tuple[Scope, ...]] = ContextVar("tenure.closing", default=())
"""The scopes that the running code is part of the closing of."""


def skip_closed() -> None:
    """Let none that is closed be the current one: scopes may be left out of order, and from inside an opening."""
    scope = current.get()
    while scope is not None and scope.state is State.CLOSED:
        scope = scope.outer
        current.set(scope)


def leave_what_was_left() -> None:
    """Let the current scope be current no more where opening code itself left it; one that was cut off stays."""
    scope = current.get()
    if scope is not None and scope.state is State.CLOSED and scope.token is None:
        skip_closed()


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
