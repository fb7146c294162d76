"""How often and how patiently an opening is tried. Data and arithmetic only; the waiting is done elsewhere."""

from typing import Any

from tenure.errors import BindingError
from tenure.record import record


@record(kw_only=True)
class Retry:
    """
    Try an opening again when it fails.

    Args:
        attempts: how often in all, >= 1.
        backoff: seconds before the second attempt, >= 0.
        growth: factor from one delay to the next, >= 1.
        max_delay: upper bound of one delay, seconds.
        jitter: share of each delay that is random, 0 to 1: the delay is drawn from [(1 - jitter) * d, d].
        on: exception class or classes that are worth another attempt; others leave at once.
        total: seconds after the first attempt began from which on none is begun; what would have to wait for longer is
            not waited for. None: no limit.

    Raises:
        BindingError: an argument is out of its bounds.
    """

    attempts: int = 3
    backoff: float = 0.1
    growth: float = 2.0
    max_delay: float = 30.0
    jitter: float = 0.5
    on: type[Exception] | tuple[type[Exception], ...] = Exception
    total: float | None = None

    def __post_init__(self) -> None:
        """Check the bounds."""
        _require(self.attempts >= 1, "attempts must be at least 1", self.attempts)
        _require(self.backoff >= 0, "backoff must be a number of seconds >= 0", self.backoff)
        _require(self.growth >= 1, "growth must be a factor >= 1", self.growth)
        _require(self.max_delay >= 0, "max_delay must be a number of seconds >= 0", self.max_delay)
        _require(0 <= self.jitter <= 1, "jitter must be a share from 0 to 1", self.jitter)
        _require(self.total is None or self.total > 0, "total must be a number of seconds > 0 or None", self.total)
        classes = self.on if isinstance(self.on, tuple) else (self.on,)
        is_errors = all(isinstance(each, type) and issubclass(each, Exception) for each in classes)
        _require(is_errors, "on must be an exception class or a tuple of them", self.on)

    def delay_s(self, attempt: int, draw: float) -> float:
        """Return the seconds to wait after *attempt* (starts at 1) failed; *draw* is a random number in [0, 1)."""
        full: float = min(self.backoff * self.growth ** (attempt - 1), self.max_delay)
        return full * (1 - self.jitter * draw)

    def allows(self, attempt: int, error: BaseException) -> bool:
        """Tell whether another attempt may follow *attempt*, which failed with *error*, if there is time for it."""
        return attempt < self.attempts and isinstance(error, self.on)

    def is_in_time(self, at_s: float) -> bool:
        """Tell whether an attempt may begin *at_s* seconds after the first one did."""
        return self.total is None or at_s <= self.total


def _require(is_right: bool, rule: str, value: Any) -> None:
    if not is_right:
        raise BindingError(f"{rule}, not {value!r}")
