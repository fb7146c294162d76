"""
Changes of configurations, counted for all of them at once.

Values that options remember are good until the next change of any configuration: changes are rare, reads are not, and
so a value that came over links from other configurations is forgotten as well, with nobody keeping account of links.
"""

import threading
import weakref
from collections.abc import Callable
from typing import Any, Final


class Changes:
    """
    Which change was the last one.

    Attributes:
        last: stands for it; another object after each change.
    """

    __slots__ = ("_handed", "_lock", "last")

    def __init__(self) -> None:
        self.last: object = object()
        self._handed: list[weakref.ref[Any]] = []
        self._lock = threading.RLock()  # re-entrant for the collector; held for a few bytecodes

    def note(self) -> None:
        """Note a change: to be called after it was made."""
        self.last = object()
        with self._lock:
            handed, self._handed = self._handed, []
        for each in handed:
            option = each()
            if option is not None:
                option._read_again()

    def hand_out(self, change: object, option: Any, take: Callable[[], None]) -> None:
        """
        Let *option* give what it read after *change* without asking here, until `note` has it look again.

        Args:
            change: if another one was the last by now, nothing happens.
            option: has a method `_read_again`.
            take: called under the lock to begin with.
        """
        with self._lock:
            if self.last is change:
                self._handed.append(weakref.ref(option))
                take()


CHANGES: Final = Changes()
FORGOTTEN: Final[tuple[Any, Any]] = (None, None)
"""What is remembered where nothing is: a change and the value after it."""
