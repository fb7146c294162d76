"""
Durations counted in buckets that grow by a constant factor: bounded memory, and quantiles with a known error.

Knows numbers only. The buckets are those of DDSketch (Masson, Rim, Lee: "DDSketch: a fast and fully-mergeable quantile
sketch with relative-error guarantees", VLDB 2019), with fixed limits instead of collapsing ones.
"""

from math import ceil, log

from tenure.record import record

RELATIVE_ERROR = 0.01
"""How far a quantile may be from the true one, as a share of it."""
SHORTEST_S = 1e-7
"""Seconds; what is shorter counts as this long, which is about what two looks at the clock take."""
LONGEST_S = 1e8
"""Seconds, three years; what is longer counts as this long."""
ESTIMATOR = (
    "nearest rank over log-spaced buckets, relative error at most 1 % from 100 ns on; n, mean, min and max are exact"
)

_GROWTH = (1 + RELATIVE_ERROR) / (1 - RELATIVE_ERROR)
_PER_BUCKET = 1 / log(_GROWTH)
_FIRST = ceil(log(SHORTEST_S) * _PER_BUCKET)
_LAST = ceil(log(LONGEST_S) * _PER_BUCKET)
N_BUCKETS = _LAST - _FIRST + 1
"""How many buckets a histogram can have at most."""


@record
class Distribution:
    """
    How long something took, over every time that it happened; all in seconds, 0 where it never happened.

    The median, p95 and p99 are nearest-rank quantiles (the value that a share of at least 0.5, 0.95, 0.99 does not
    exceed), estimated from log-spaced buckets: at most 1 % from the true value, for 100 ns to three years. The other
    numbers are exact, but for rounding.
    """

    n: int
    """How many times."""
    total_s: float
    mean_s: float
    min_s: float
    median_s: float
    p95_s: float
    p99_s: float
    max_s: float

    def __str__(self) -> str:
        """Return it on one line, in units that fit."""
        if not self.n:
            return "never"
        parts = {"mean": self.mean_s, "median": self.median_s, "p95": self.p95_s, "p99": self.p99_s, "max": self.max_s}
        return f"{self.n} times: " + ", ".join(f"{name} {duration(value)}" for name, value in parts.items())


class Histogram:
    """
    Counts durations; see `Distribution` for what is known of them then.

    Memory is bounded by `N_BUCKETS` counters, of which only those exist that were needed. Not thread-safe.
    """

    __slots__ = ("_buckets", "max_s", "min_s", "n", "total_s")

    def __init__(self) -> None:
        self._buckets: dict[int, int] = {}
        self.n: int = 0
        self.total_s: float = 0.0
        self.min_s: float = 0.0
        self.max_s: float = 0.0

    def add(self, elapsed_s: float) -> None:
        """Take one more duration into account: seconds, >= 0; a negative one, of a clock that was set, counts as 0."""
        elapsed_s = max(elapsed_s, 0.0)
        bucket = min(ceil(log(elapsed_s) * _PER_BUCKET), _LAST) if elapsed_s > SHORTEST_S else _FIRST
        self._buckets[bucket] = self._buckets.get(bucket, 0) + 1
        self.min_s = elapsed_s if self.n == 0 or elapsed_s < self.min_s else self.min_s
        self.max_s = max(self.max_s, elapsed_s)
        self.n += 1
        self.total_s += elapsed_s

    def merge(self, other: "Histogram") -> None:
        """Count everything that *other* counted as well; the error of quantiles stays what it is."""
        if not other.n:
            return
        for bucket, count in other._buckets.items():  # noqa: SLF001 - of the same class
            self._buckets[bucket] = self._buckets.get(bucket, 0) + count
        self.min_s = min(self.min_s, other.min_s) if self.n else other.min_s
        self.max_s = max(self.max_s, other.max_s)
        self.n += other.n
        self.total_s += other.total_s

    def quantile(self, share: float) -> float:
        """
        Return the duration (seconds) that a *share* of all does not exceed, by nearest rank; 0 where there is none.

        Raises:
            ValueError: *share* is not from 0 to 1.
        """
        if not 0 <= share <= 1:
            msg = f"share is {share}, but a quantile is asked for by a share from 0 to 1, as 0.95"
            raise ValueError(msg)
        rank = max(ceil(share * self.n), 1)
        if rank == self.n:
            return self.max_s
        for bucket in sorted(self._buckets):
            rank -= self._buckets[bucket]
            if rank <= 0:
                # the point of a bucket that is as far, in proportion, from its lower as from its upper edge
                return min(max(2 * _GROWTH**bucket / (_GROWTH + 1), self.min_s), self.max_s)
        return 0.0

    def distribution(self) -> Distribution:
        """Return what is known now."""
        mean_s = self.total_s / self.n if self.n else 0.0
        median_s, p95_s, p99_s = (self.quantile(share) for share in (0.5, 0.95, 0.99))
        return Distribution(self.n, self.total_s, mean_s, self.min_s, median_s, p95_s, p99_s, self.max_s)


_UNITS = ((1.0, "s"), (1e-3, "ms"), (1e-6, "µs"), (1e-9, "ns"))


def duration(seconds: float) -> str:
    """Return *seconds* with three digits in the unit that fits: "1.25 ms"."""
    unit, name = next((unit for unit in _UNITS if abs(seconds) >= unit[0]), _UNITS[-1])
    return f"{seconds / unit:.3g} {name}" if seconds < 1000 else f"{seconds:.0f} s"
