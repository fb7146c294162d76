"""The account that a pool gives of itself, as programs and exporters take it: frozen records."""

from tenure.record import record


@record
class Histogram:
    """Durations, counted in buckets."""

    bounds_s: tuple[float, ...]
    """Upper bound of each bucket save the last, seconds, included."""
    counts: tuple[int, ...]
    """How many fell into each; one more than there are bounds."""
    total_s: float
    """Their sum, seconds."""

    @property
    def n(self) -> int:
        """How many there were."""
        return sum(self.counts)

    @property
    def mean_s(self) -> float:
        """Their mean, seconds; 0 where there were none."""
        return self.total_s / self.n if self.n else 0.0


@record(kw_only=True)
class PoolStats:
    """
    What a pool is like at one moment, and what it did since it was opened.

    Names that begin with `n_` are counts, those that end in `_s` are seconds; each histogram holds seconds.
    """

    name: str
    state: str
    """"new", "open", "draining", "closing" or "closed"."""
    min_size: int
    max_size: int
    generation: int
    n_idle: int
    n_out: int
    """Items that are lent, being checked or being reset."""
    n_making: int
    n_closing: int
    n_waiting: int
    n_acquired: int
    """How often an item was lent."""
    n_made: int
    n_make_failures: int
    n_timeouts: int
    """Borrowers that waited too long."""
    n_refused: int
    """Borrowers that were not let wait: `max_waiting` did already."""
    n_cancelled: int
    """Borrowers that were cancelled while they waited."""
    n_bad_checks: int
    n_bad_resets: int
    n_late: int
    """Borrowers that had an item for longer than `late_after_s`."""
    closed: tuple[tuple[str, int], ...]
    """How many items were closed, by reason."""
    wait_s: Histogram
    """How long borrowers waited for an item; those that got one at once are not among them."""
    make_s: Histogram
    use_s: Histogram
    """How long items were lent."""

    @property
    def size(self) -> int:
        """How many items there are, those being made and being closed among them."""
        return self.n_idle + self.n_out + self.n_making + self.n_closing

    @property
    def n_closed(self) -> int:
        """How many items were closed."""
        return sum(n for _, n in self.closed)
