"""
What every viewer is shown: a few parts, each with a number that grows when the part has changed.

A part is made once for all viewers, not more often than they look, and only while somebody does. So many events make
one picture, a slow client skips what it missed, and whoever comes back with the numbers it has gets what is new.
"""

import json
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any

from tenure.dashboard.viewer import Viewer
from tenure.record import record


@record
class Part:
    """One part of what is shown."""

    number: int
    """Grows when it changes; begins at 1."""
    text: str
    """As JSON, in one line."""


class Broadcast:
    """
    The parts and the viewers. Thread-safe.

    Args:
        make: returns the parts as they are now, by name, for `json.dumps`.
        on_look: called when the first viewer has come (True) and when the last has gone (False).
        most: how many viewers there may be at a time.
    """

    def __init__(self, make: Callable[[], Mapping[str, Any]], on_look: Callable[[bool], object], most: int) -> None:
        self._make = make
        self._on_look = on_look
        self._most = most
        self._lock = threading.RLock()  # guards what follows; re-entrant: making the parts may make events
        self._viewers: set[Viewer] = set()
        self._parts: dict[str, Part] = {}
        self._made_at = float("-inf")
        self._is_stale = True

    @property
    def n_viewers(self) -> int:
        """How many look."""
        return len(self._viewers)

    def join(self) -> Viewer | None:
        """Return a new viewer, None where there are as many as there may be."""
        with self._lock:
            if len(self._viewers) >= self._most:
                return None
            viewer = Viewer()
            self._viewers.add(viewer)
            if len(self._viewers) == 1:
                self._on_look(True)
            return viewer

    def leave(self, viewer: Viewer) -> None:
        """Have *viewer* gone."""
        with self._lock:
            self._viewers.discard(viewer)
            if not self._viewers:
                self._on_look(False)

    def end(self) -> None:
        """Send every viewer away."""
        for viewer in tuple(self._viewers):
            viewer.leave()

    def touch(self) -> None:
        """Say that something happened; from any thread, and cheap: nothing is made before a viewer looks."""
        if not self._is_stale:
            self._is_stale = True
            for viewer in tuple(self._viewers):
                viewer.wake()

    def parts(self, max_age_s: float) -> dict[str, Part]:
        """Return the parts, made anew if something happened or they are older than so many seconds."""
        with self._lock:
            now = time.monotonic()
            if self._is_stale or now - self._made_at >= max_age_s:
                self._is_stale, self._made_at = False, now  # before it looks: what happens meanwhile makes it stale
                for name, found in self._make().items():
                    self._renew(name, json.dumps(found, separators=(",", ":")))
            return dict(self._parts)

    def _renew(self, name: str, text: str) -> None:
        known = self._parts.get(name)
        if known is None or known.text != text:
            self._parts[name] = Part(known.number + 1 if known else 1, text)
