"""Decisions that both kinds of leased things share: pure, changes the state and returns what has to be done."""

from tenure.leasing.entry import CLOSING, GONE, MAKING, OPEN, Entry, Todo


class Core:
    """
    The state of one life.

    Attributes:
        entries: what is being made or open, in the order in which it was begun.
        closing: what is being closed, in the order in which that began.
        is_closing: whether no lease is given any more.
        n_made: how many were made.
        n_failed: how many makings failed.
        n_closed: how many were closed.
        n_leased: how many leases were given.
    """

    def __init__(self) -> None:
        self.entries: dict[Entry, None] = {}
        self.closing: dict[Entry, None] = {}
        self.is_closing: bool = False
        self.n_made: int = 0
        self.n_failed: int = 0
        self.n_closed: int = 0
        self.n_leased: int = 0

    @property
    def is_empty(self) -> bool:
        """Whether nothing is there any more."""
        return not self.entries and not self.closing

    def begun(self, entry: Entry, todo: Todo) -> None:
        """Have *entry* made."""
        self.entries[entry] = None
        todo.make.append(entry)

    def lease(self, entry: Entry, now: float) -> Entry:
        """Count one who uses *entry*, or waits for it."""
        entry.n_leases += 1
        entry.used_at = now
        self.n_leased += 1
        return entry

    def made(self, entry: Entry, now: float) -> Todo:
        """Note that *entry* is open; it is closed at once if nobody wants it any more."""
        entry.status = OPEN
        entry.used_at = now
        self.n_made += 1
        return self._close_if_unwanted(entry)

    def failed(self, entry: Entry, error: BaseException) -> None:
        """Note that *entry* could not be made; who waits for it is told by its `error`."""
        entry.status = GONE
        entry.error = error
        self.entries.pop(entry, None)
        self.forget(entry)
        self.n_failed += 1

    def forget(self, entry: Entry) -> None:
        """Let no one ask for *entry* any more; for those who know more of it."""

    def give_back(self, entry: Entry, now: float) -> Todo:
        """Count one less who uses *entry*."""
        assert entry.n_leases > 0, "a lease is given back once"
        entry.n_leases -= 1
        entry.used_at = now
        return self._close_if_unwanted(entry)

    def drop(self, entry: Entry) -> Todo:
        """Let *entry* be leased no more; it is closed as soon as nobody uses it."""
        entry.is_dropped = True
        self.forget(entry)
        return self._close_if_unwanted(entry)

    def _close_if_unwanted(self, entry: Entry) -> Todo:
        todo = Todo()
        if entry.is_dropped and entry.status == OPEN and not entry.n_leases:
            self.close(entry, todo)
        return todo

    def close(self, entry: Entry, todo: Todo) -> None:
        """Have *entry*, which is open, closed."""
        entry.status = CLOSING
        self.entries.pop(entry, None)
        self.closing[entry] = None
        self.forget(entry)
        todo.close.append(entry)

    def closed(self, entry: Entry) -> None:
        """Note that the closing of *entry* has ended, well or not."""
        entry.status = GONE
        self.closing.pop(entry, None)
        self.n_closed += 1

    def ended(self, entry: Entry) -> None:
        """Note that *entry* has closed by itself: a task of its own failed, or the event loop ended."""
        entry.status = GONE
        self.entries.pop(entry, None)
        self.closing.pop(entry, None)
        self.forget(entry)
        self.n_closed += 1

    def stop(self) -> Todo:
        """Give no lease any more, and close what nobody uses, the last one that was made first."""
        self.is_closing = True
        todo = Todo()
        for entry in reversed(list(self.entries)):
            todo.close += self.drop(entry).close
        return todo

    def cut_off(self) -> Todo:
        """Close what is still used as well."""
        todo = Todo()
        for entry in reversed(list(self.entries)):
            if entry.status == OPEN:
                self.close(entry, todo)
        return todo

    @property
    def leased(self) -> list[Entry]:
        """What is open and used."""
        return [entry for entry in self.entries if entry.status == OPEN and entry.n_leases]

    @property
    def n_making(self) -> int:
        """How many are being made."""
        return sum(entry.status == MAKING for entry in self.entries)
