"""One item, and what has to be done about items: data that the decisions are made on."""

from collections.abc import Hashable
from typing import Any

MAKING = "making"
OPEN = "open"
CLOSING = "closing"
GONE = "gone"


class Entry:
    """
    One item.

    Attributes:
        key: what it was made for.
        status: "making", "open", "closing" or "gone".
        since: when its making began, seconds.
        used_at: when it was leased or given back last, seconds.
        expires_at: when it is good no longer, seconds; None: never.
        renew_at: when the next one is to be made, seconds; None: never.
        n_leases: how many use it or wait for it.
        is_dropped: whether it is closed as soon as nobody uses it.
        after: what has to be closed before it may be made, None for nothing.
        exit: what is owed for it, once it is open.
        value: what those get who lease it.
        error: why it could not be made.
        ready: opens when its making has ended.
        gone: opens when its closing has ended.
    """

    __slots__ = (
        "after", "error", "exit", "expires_at", "gone", "is_dropped", "key", "n_leases", "ready", "renew_at", "since",
        "status", "used_at", "value",
    )  # fmt: skip

    def __init__(self, key: Hashable, now: float) -> None:
        self.key: Hashable = key
        self.status: str = MAKING
        self.since: float = now
        self.used_at: float = now
        self.expires_at: float | None = None
        self.renew_at: float | None = None
        self.n_leases: int = 0
        self.is_dropped: bool = False
        self.after: Entry | None = None
        self.exit: Any = None
        self.value: Any = None
        self.error: BaseException | None = None
        self.ready: Any = None
        self.gone: Any = None

    def __repr__(self) -> str:
        return f"<Entry of {self.key!r}, {self.status}, {self.n_leases} leases>"


class Todo:
    """
    What has to be done now, outside the lock.

    Attributes:
        make: entries to make, each after what it says.
        close: entries to close.
    """

    __slots__ = ("close", "make")

    def __init__(self) -> None:
        self.make: list[Entry] = []
        self.close: list[Entry] = []


class Asked:
    """
    The answer to who asks for a lease.

    Attributes:
        entry: what is leased to him, though it may be in the making yet; None: nothing can be had now.
        todo: what has to be done.
        is_refused: whether no lease is given any more.
    """

    __slots__ = ("entry", "is_refused", "todo")

    def __init__(self, entry: Entry | None, todo: Todo, is_refused: bool = False) -> None:
        self.entry: Entry | None = entry
        self.todo: Todo = todo
        self.is_refused: bool = is_refused
