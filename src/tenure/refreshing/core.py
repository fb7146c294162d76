"""Which of two versions is leased, and when the next one is made: pure decisions, by the clock that they are given."""

from tenure.leasing.core import Core
from tenure.leasing.entry import Asked, Entry, Todo
from tenure.model.retry import Retry


class RefreshingCore(Core):
    """
    The state of one life of a `Refreshing`.

    Args:
        retry: its delays, without the bound on attempts, are those between renewals that fail.

    Attributes:
        now_valid: what is leased, None where there is none.
        coming: what is being made, None where nothing is.
        n_failures: how many renewals failed since the last one that did not.
        not_before: when the next renewal may begin, seconds.
    """

    def __init__(self, retry: Retry) -> None:
        super().__init__()
        self.retry: Retry = retry
        self.now_valid: Entry | None = None
        self.coming: Entry | None = None
        self.n_failures: int = 0
        self.not_before: float = float("-inf")

    def ask(self, now: float) -> Asked:
        """
        Lease what is valid, or what is being made; nothing is ever leased that has expired.

        The next one is begun where it is time, and who asks does not wait for it as long as the old one is valid.
        """
        todo = self.due(now)
        if self.is_closing:
            return Asked(None, todo, is_refused=True)
        entry = self.now_valid
        if entry is None:
            if self.coming is None:
                self._begin(now, todo)
            entry = self.coming
            assert entry is not None, "it was just begun"
        return Asked(self.lease(entry, now), todo)

    def due(self, now: float) -> Todo:
        """Let go of what has expired, and begin the next one where it is time."""
        todo = Todo()
        entry = self.now_valid
        if entry is None or self.is_closing:
            return todo
        if entry.renew_at is not None and self.coming is None and now >= max(entry.renew_at, self.not_before):
            self._begin(now, todo)
        if entry.expires_at is not None and now >= entry.expires_at:
            todo.close += self.drop(entry).close
        return todo

    def next_at(self) -> float:
        """Return when `due` has something to do, if nothing happens before; infinity: never."""
        entry = self.now_valid
        if entry is None or entry.expires_at is None:
            return float("inf")
        if self.coming is not None or entry.renew_at is None:
            return entry.expires_at
        return min(entry.expires_at, max(entry.renew_at, self.not_before))

    def renew(self, now: float) -> Todo:
        """Begin the next one whether it is time or not, unless one is coming."""
        todo = Todo()
        if self.coming is None and not self.is_closing:
            self._begin(now, todo)
        return todo

    def _begin(self, now: float, todo: Todo) -> None:
        self.coming = Entry(None, now)
        self.begun(self.coming, todo)

    def arrived(self, entry: Entry, now: float, lifetime_s: float | None, before_s: float | None) -> Todo:
        """
        Let *entry*, just made, take the place of the one before, which is closed as soon as nobody uses it.

        Args:
            entry: it.
            now: the time, seconds.
            lifetime_s: how long it is good for, counted from when its making began; None: for ever.
            before_s: how long before that the next one is made; None: a tenth of it.
        """
        if lifetime_s is not None:
            entry.expires_at = entry.since + lifetime_s
            entry.renew_at = entry.expires_at - (lifetime_s / 10 if before_s is None else min(before_s, lifetime_s))
        self.n_failures, self.not_before = 0, float("-inf")
        old, is_wanted = self.now_valid, self.coming is entry
        if is_wanted:
            self.coming, self.now_valid = None, entry
        todo = self.made(entry, now)
        if old is not None and is_wanted:
            todo.close += self.drop(old).close
        return todo

    def missed(self, entry: Entry, now: float, error: BaseException, draw: float) -> None:
        """Note that *entry* could not be made; the one before stays as long as it is valid. *draw* is in [0, 1)."""
        self.failed(entry, error)
        self.n_failures += 1
        self.not_before = now + self.retry.delay_s(min(self.n_failures, 64), draw)

    def forget(self, entry: Entry) -> None:
        """Let *entry* be neither leased nor waited for any more."""
        if self.now_valid is entry:
            self.now_valid = None
        if self.coming is entry:
            self.coming = None
