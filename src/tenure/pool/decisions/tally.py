"""What a pool counts while it lives; the account that it gives of it is in `stats`."""

from bisect import bisect_left

from tenure.pool.stats import Histogram

BOUNDS_S: tuple[float, ...] = (0.0001, 0.0005, 0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1.0, 5.0, 10.0, 30.0, 60.0)
"""Upper bounds of the buckets of every duration, seconds; one more bucket takes what is longer."""


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
