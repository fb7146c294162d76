"""Which item a key gets, and which has to go for it: pure decisions, by the clock that they are given."""

from collections import OrderedDict
from collections.abc import Hashable

from tenure.leasing.core import Core
from tenure.leasing.entry import OPEN, Asked, Entry, Todo


class KeyedCore(Core):
    """
    The state of one life of a `Keyed`.

    Args:
        max_size: how many items there may be, those being made or closed among them, >= 1; None: any number.
        max_idle_s: seconds after which an item that nobody uses is closed; None: never.

    Attributes:
        current: what a key gets, the one used longest ago first.
        n_evicted: how many were closed to make room, or because nobody used them.
    """

    def __init__(self, max_size: int | None, max_idle_s: float | None) -> None:
        super().__init__()
        self.max_size: int | None = max_size
        self.max_idle_s: float | None = max_idle_s
        self.current: OrderedDict[Hashable, Entry] = OrderedDict()
        self.n_evicted: int = 0

    def ask(self, key: Hashable, now: float) -> Asked:
        """Lease the item of *key*, which is made if there is none and there is room."""
        todo = Todo()
        if self.is_closing:
            return Asked(None, todo, is_refused=True)
        entry = self.current.get(key)
        if entry is None:
            entry = self._new(key, now, todo)
            if entry is None:
                return Asked(None, todo)
        self.current.move_to_end(key)
        return Asked(self.lease(entry, now), todo)

    def _new(self, key: Hashable, now: float, todo: Todo) -> Entry | None:
        """Begin an item of *key*, None where there is no room: it is made after what goes for it is closed."""
        entry = Entry(key, now)
        if self.max_size is not None and self.n_held >= self.max_size:
            entry.after = self._leaving() or self._evicted(todo)
            if entry.after is None:
                return None
        self.current[key] = entry
        self.begun(entry, todo)
        return entry

    @property
    def n_held(self) -> int:
        """How many places are taken; what is made after another one is closed takes that one's place."""
        return len(self.entries) + len(self.closing) - self._n_succeeded

    @property
    def _n_succeeded(self) -> int:
        return sum(entry.after in self.closing for entry in self.entries if entry.after is not None)

    def _leaving(self) -> Entry | None:
        """Return what is being closed and whose place nobody waits for."""
        taken = {entry.after for entry in self.entries if entry.after is not None}
        return next((entry for entry in self.closing if entry not in taken), None)

    def _evicted(self, todo: Todo) -> Entry | None:
        """Have the item closed that nobody uses and that was used longest ago; None where all are used."""
        for entry in self.current.values():
            if entry.status == OPEN and not entry.n_leases:
                self.n_evicted += 1
                self.close(entry, todo)
                return entry
        return None

    def forget(self, entry: Entry) -> None:
        """Let *entry* serve its key no more."""
        if self.current.get(entry.key) is entry:
            del self.current[entry.key]

    def drop_key(self, key: Hashable) -> Todo:
        """Let the item of *key* be leased no more, and closed as soon as nobody uses it."""
        entry = self.current.get(key)
        return Todo() if entry is None else self.drop(entry)

    def due(self, now: float) -> Todo:
        """Have closed what nobody has used for too long."""
        todo = Todo()
        for entry in list(self.current.values()):
            if self._ends_at(entry) <= now:
                self.n_evicted += 1
                self.close(entry, todo)
        return todo

    def next_at(self) -> float:
        """Return when `due` has something to do, if nothing happens before; infinity: never."""
        return min(map(self._ends_at, self.current.values()), default=float("inf"))

    def _ends_at(self, entry: Entry) -> float:
        if self.max_idle_s is None or entry.status != OPEN or entry.n_leases:
            return float("inf")
        return entry.used_at + self.max_idle_s
