"""The types of the options of a pool, for type checkers; `Pool` says what each means."""

from collections.abc import Callable, Mapping
from typing import Any, TypedDict

from tenure.model.retry import Retry
from tenure.pool.borrower import Borrower


class PoolOptions(TypedDict, total=False):
    """What `Pool` takes besides its factory."""

    name: str | None
    is_async: bool | None
    arguments: Mapping[str, Any] | None
    close: str | Callable[[Any], Any] | None
    check: Callable[[Any], Any] | None
    reset: Callable[[Any], Any] | None
    discard: type[BaseException] | tuple[type[BaseException], ...] | Callable[[Any, BaseException | None], bool] | None
    on_late: Callable[[Borrower], Any] | None
    clock: Callable[[], float] | None
    background: bool
    min_size: int
    max_size: int
    min_idle: int
    max_idle_s: float | None
    max_lifetime_s: float | None
    jitter: float
    max_uses: int | None
    check_after_s: float
    max_waiting: int | None
    timeout_s: float | None
    close_timeout_s: float
    late_after_s: float | None
    lifo: bool
    retry: Retry | None
