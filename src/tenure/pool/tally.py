"""What a pool counts, and the frozen account that it gives of it."""

from bisect import bisect_left

from tenure.record import record

BOUNDS_S: tuple[float, ...] = (0.0001, 0.0005, 0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1.0, 5.0, 10.0, 30.0, 60.0)
"""Upper bounds of the buckets of every duration, seconds; one more bucket takes what is longer."""


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


class Durations:
    """
    Durations as they come.

    Attributes:
        counts: how many there were, by bucket of `BOUNDS_S`.
        total_s: their sum.
    """

    __slots__ = ("counts", "total_s")

    def __init__(self) -> None:
        self.counts: list[int] = [0] * (len(BOUNDS_S) + 1)
        self.total_s: float = 0.0

    def add(self, seconds: float) -> None:
        """Count one."""
        self.counts[bisect_left(BOUNDS_S, seconds)] += 1
        self.total_s += seconds

    def frozen(self) -> Histogram:
        """Return what was counted."""
        return Histogram(BOUNDS_S, tuple(self.counts), self.total_s)


class Tally:
    """
    The counts of one life of a pool.

    Attributes:
        n_uses_before: how often items were lent that are closed by now.
        closed: how many were closed, by reason.
    """

    __slots__ = (
        "closed", "make_s", "n_bad_checks", "n_bad_resets", "n_cancelled", "n_late", "n_made", "n_make_failures",
        "n_refused", "n_timeouts", "n_uses_before", "use_s", "wait_s",
    )  # fmt: skip

    def __init__(self) -> None:
        self.n_uses_before: int = 0
        self.n_made: int = 0
        self.n_make_failures: int = 0
        self.n_refused: int = 0
        self.n_timeouts: int = 0
        self.n_cancelled: int = 0
        self.n_bad_checks: int = 0
        self.n_bad_resets: int = 0
        self.n_late: int = 0
        self.closed: dict[str, int] = {}
        self.wait_s: Durations = Durations()
        self.make_s: Durations = Durations()
        self.use_s: Durations = Durations()


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
