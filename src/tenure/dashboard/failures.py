"""Which keys failed to open when they were last tried, and how many scopes were entered: an observer."""

from typing import Any

from tenure.events import Degraded, Event, Opened, OpenFailed, ScopeEntered
from tenure.keys import Key

MOST = 2000
"""For how many keys it is known."""


class Failures:
    """
    What an inspection does not say: it looks at what is there.

    Attributes:
        by_key: the name of the class of the error with which the last opening of each key ended.
        n_entered: how many scopes were entered since it began.
    """

    def __init__(self) -> None:
        self.by_key: dict[Key, str] = {}
        self.n_entered: int = 0

    def __call__(self, event: Event) -> None:
        """Take *event* into account."""
        match event:
            case ScopeEntered():
                self.n_entered += 1
            case Opened():
                self.by_key.pop(event.key, None)
            case OpenFailed() | Degraded() if isinstance(event.error, Exception):  # a cancellation is no failure
                if event.key in self.by_key or len(self.by_key) < MOST:
                    self.by_key[event.key] = type(event.error).__qualname__

    def of(self, key: Any) -> str | None:
        """Return the name of the class of the error with which *key* failed to open last, None if it did not."""
        return self.by_key.get(key)
