"""What wiring warns of."""

import sys


class DIWiringWarning(RuntimeWarning):
    """Something about wiring that is probably not meant."""


class UnresolvedMarkerWarning(DIWiringWarning):
    """A container that was wired has no provider for a marker; another one may have."""


def caller_level() -> int:
    """Return the `stacklevel` at which the program called into this library."""
    frame, level = sys._getframe(1), 1  # noqa: SLF001 - there is no other way to look at one's callers
    while frame.f_back is not None and str(frame.f_globals.get("__name__", "")).partition(".")[0] == "tenure":
        frame, level = frame.f_back, level + 1
    return level
