"""What numbers a user may give."""

from typing import Any

from tenure.errors import BindingError


def check_seconds(name: str, seconds: Any) -> None:
    """Raise BindingError unless *seconds* is a number > 0 or None."""
    if seconds is not None and (not isinstance(seconds, int | float) or isinstance(seconds, bool) or not seconds > 0):
        raise BindingError(f"{name} must be a number of seconds > 0 or None, not {seconds!r}")


def check_count(name: str, count: Any) -> None:
    """Raise BindingError unless *count* is a whole number >= 1 or None."""
    if count is not None and (not isinstance(count, int) or isinstance(count, bool) or count < 1):
        raise BindingError(f"{name} must be a whole number of at least 1 or None, not {count!r}")
