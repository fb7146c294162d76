"""What is leased by key, or for a while: no room for another one, closed while it was used, no lifetime."""

from collections.abc import Sequence
from typing import Any

from tenure.errors.base import ResourceError
from tenure.errors.resources import ResourceExhaustedError

_SHOWN = 5
"""How many keys a text names."""


class LeaseTimeoutError(ResourceExhaustedError, TimeoutError):
    """
    What was asked for could not be leased in time.

    Attributes:
        label: what was asked, as shown.
        key: for which key, None where there are no keys.
        waited_s: the limit, seconds.
        in_use: the keys of what is used, where there was no room for another one.
    """

    def __init__(self, label: str, key: Any, waited_s: float, in_use: Sequence[Any] = ()) -> None:
        super().__init__(label, key, waited_s, in_use)
        self.label: str = label
        self.key: Any = key
        self.waited_s: float = waited_s
        self.in_use: tuple[Any, ...] = tuple(in_use)

    def __str__(self) -> str:
        of_key = f" for {self.key!r}" if self.key is not None else ""
        if not self.in_use:
            return f"{self.label} had nothing to lease{of_key} within {self.waited_s:.3g} s: it is still being made"
        return (
            f"{self.label} had no room{of_key} within {self.waited_s:.3g} s: all {len(self.in_use)} are used, "
            f"{_listed(self.in_use)}; leave their leases sooner, or allow more with max_size="
        )


class LeasesOutError(ResourceError, TimeoutError):
    """
    What was leased did not come back before the close ran over its limit; it was closed nevertheless.

    Attributes:
        label: what was closed, as shown.
        waited_s: seconds.
        in_use: the keys of what was used.
    """

    def __init__(self, label: str, waited_s: float, in_use: Sequence[Any]) -> None:
        super().__init__(label, waited_s, in_use)
        self.label: str = label
        self.waited_s: float = waited_s
        self.in_use: tuple[Any, ...] = tuple(in_use)

    def __str__(self) -> str:
        return (
            f"{self.label} was closed while {len(self.in_use)} of it were used, which did not come back within "
            f"{self.waited_s:.3g} s: {_listed(self.in_use)}; leave every lease, or allow more with close_timeout_s="
        )


def _listed(keys: Sequence[Any]) -> str:
    more = f", and {len(keys) - _SHOWN} more" if len(keys) > _SHOWN else ""
    return ", ".join(map(repr, keys[:_SHOWN])) + more
