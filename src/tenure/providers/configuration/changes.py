"""
Changes of configurations, counted for all of them at once.

Values that options remember are good until the next change of any configuration: changes are rare, reads are not, and
so a value that came over links from other configurations is forgotten as well, with nobody keeping account of links.
"""

from typing import Any, Final


class Changes:
    """
    Which change was the last one.

    Attributes:
        last: stands for it; another object after each change.
    """

    __slots__ = ("last",)

    def __init__(self) -> None:
        self.last: object = object()

    def note(self) -> None:
        """Note a change: to be called after it was made."""
        self.last = object()


CHANGES: Final = Changes()
FORGOTTEN: Final[tuple[Any, Any]] = (None, None)
"""What is remembered where nothing is: a change and the value after it."""
