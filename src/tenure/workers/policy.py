"""What becomes of a worker that crashes: data and arithmetic only."""

from collections import deque
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from tenure.errors import BindingError
from tenure.model.bounds import check_seconds
from tenure.model.retry import Retry

OnCrash: TypeAlias = Literal["fail", "restart", "ignore"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """
    What becomes of a worker that raises an exception.

    Args:
        on_crash: "fail": the application fails with the error; "restart": it is called again; "ignore": the error is
            told, the application goes on without it.
        max_restarts: how often it is called again within *within_s*, >= 0; one more crash fails the application.
        within_s: seconds, > 0.
        backoff: seconds before the first restart of a series, >= 0; doubled for each further one, 30 at most.
        drain_timeout: seconds, > 0, that it has for ending by itself once it is told to stop; None: no limit.

    Raises:
        BindingError: an argument is out of its bounds.
    """

    on_crash: OnCrash = "fail"
    max_restarts: int = 3
    within_s: float = 60.0
    backoff: float = 0.1
    drain_timeout: float | None = 10.0

    def __post_init__(self) -> None:
        """Check the bounds."""
        if self.on_crash not in ("fail", "restart", "ignore"):
            raise BindingError(f'on_crash must be "fail", "restart" or "ignore", not {self.on_crash!r}')
        if not isinstance(self.max_restarts, int) or self.max_restarts < 0:
            raise BindingError(f"max_restarts must be a whole number of at least 0, not {self.max_restarts!r}")
        check_seconds("within_s", self.within_s)
        check_seconds("drain_timeout", self.drain_timeout)
        Retry(backoff=self.backoff)  # has the same bounds


@dataclass(slots=True)
class Intensity:
    """
    Counts the crashes of one worker (the restart intensity of a supervisor in Erlang/OTP).

    Attributes:
        crashes: when each of the crashes that still count happened, seconds on the clock of the caller.
    """

    policy: Policy
    crashes: deque[float] = field(default_factory=deque)

    def crashed(self, now: float) -> bool:
        """Note a crash at *now*; tell whether it may be restarted: no more than `max_restarts` in `within_s`."""
        while self.crashes and now - self.crashes[0] > self.policy.within_s:
            self.crashes.popleft()
        self.crashes.append(now)
        return len(self.crashes) <= self.policy.max_restarts

    def delay_s(self, draw: float) -> float:
        """Return the seconds to wait before the next restart; *draw* is a random number in [0, 1)."""
        return Retry(backoff=self.policy.backoff).delay_s(max(len(self.crashes), 1), draw)
