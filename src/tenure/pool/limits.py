"""The numbers of a pool: how many, how long, how often. Data and their bounds only."""

import math
from typing import Any

from tenure.errors import BindingError
from tenure.model.bounds import check_seconds
from tenure.model.retry import Retry
from tenure.record import record

_USUAL_RETRY = Retry(attempts=1, backoff=0.1, max_delay=30.0)


@record(kw_only=True)
class Limits:
    """
    What a pool keeps to; `Pool` says what each number means.

    Raises:
        BindingError: a number is out of its bounds.
    """

    min_size: int = 0
    max_size: int = 10
    min_idle: int = 0
    max_idle_s: float | None = 600.0
    max_lifetime_s: float | None = 3600.0
    jitter: float = 0.05
    max_uses: int | None = None
    check_after_s: float = 0.5
    max_waiting: int | None = None
    timeout_s: float | None = 30.0
    close_timeout_s: float = 10.0
    late_after_s: float | None = None
    lifo: bool = True
    retry: Retry = _USUAL_RETRY

    def __post_init__(self) -> None:
        """Check the bounds."""
        _check_sizes(self.min_size, self.max_size, self.min_idle)
        for name in ("max_idle_s", "max_lifetime_s", "timeout_s", "close_timeout_s", "late_after_s"):
            check_seconds(name, getattr(self, name))
        if self.close_timeout_s is None:  # pyright: ignore[reportUnnecessaryComparison]  # not every program is checked
            raise BindingError("close_timeout_s must be a number of seconds > 0, not None: a close has to end")
        _check_number("check_after_s", self.check_after_s, math.inf, "a number of seconds >= 0")
        _check_number("jitter", self.jitter, 1, "a share from 0 to 1")
        _check_whole("max_uses", self.max_uses, 1)
        _check_whole("max_waiting", self.max_waiting, 0)
        if not isinstance(self.retry, Retry):
            raise BindingError(
                f"retry must be a Retry, not {self.retry!r}; did you mean Retry(attempts={self.retry!r})?"
            )

    def shortest_s(self) -> float | None:
        """Return the shortest time after which something may have to be looked after, None if there is none."""
        lifetime = None if self.max_lifetime_s is None else self.max_lifetime_s * (1 - self.jitter)
        idle = None if self.max_idle_s is None else self.max_idle_s * (1 - self.jitter)
        return min((each for each in (lifetime, idle, self.late_after_s) if each is not None), default=None)


def _check_sizes(min_size: Any, max_size: Any, min_idle: Any) -> None:
    for name, size, least in (("min_size", min_size, 0), ("max_size", max_size, 1), ("min_idle", min_idle, 0)):
        _check_whole(name, size, least)
        if size is None:
            raise BindingError(f"{name} must be a whole number, not None")
    for name, size in (("min_size", min_size), ("min_idle", min_idle)):
        if size > max_size:
            raise BindingError(f"{name}={size} is more than max_size={max_size}")


def _check_whole(name: str, count: Any, least: int) -> None:
    if count is not None and (not isinstance(count, int) or isinstance(count, bool) or count < least):
        raise BindingError(f"{name} must be a whole number of at least {least}, not {count!r}")


def _check_number(name: str, number: Any, most: float, rule: str) -> None:
    is_number = isinstance(number, int | float) and not isinstance(number, bool)
    if not is_number or not 0 <= number <= most:
        raise BindingError(f"{name} must be {rule}, not {number!r}")
