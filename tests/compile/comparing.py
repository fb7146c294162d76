"""Plays a play on two sides, and says what is different; looks for the smallest play that shows it."""

import contextlib
import difflib
from collections.abc import Callable
from typing import Any

from tests.compile.playing import Told, played
from tests.compile.plays import Play, smaller

Around = Callable[[], contextlib.AbstractContextManager[Any]]
_TRIES = 400
"""How many smaller plays are tried before the search for the smallest ends."""


def difference(play: Play, other: str = "stepped", around: Around = contextlib.nullcontext, seeded: str = "") -> str:
    """
    Return what is seen on the fast side and not on the *other* one, and the reverse, as a diff; "" if nothing is.

    Args:
        play: what is played, once on each side.
        other: the side that is compared with the fast one, see `playing`.
        around: entered while the *seeded* side is played: a place for seeded bugs.
        seeded: a side; "" stands for the other one.
    """
    fused, stepped = (_with(around, play, side, side == (seeded or other)) for side in ("fused", other))
    left, right = (_lines(fused, play), _lines(stepped, play))
    return "\n".join(difflib.unified_diff(left, right, "fused", other, lineterm="", n=2))


def _with(around: Around, play: Play, side: str, is_seeded: bool) -> Told:
    with around() if is_seeded else contextlib.nullcontext():
        return played(play, side)


def _lines(told: Told, play: Play) -> list[str]:
    return told.loosely() if play.is_loose else told.log


def smallest(play: Play, is_bad: Callable[[Play], object]) -> Play:
    """Return a play that is bad as *play* is and of which nothing can be left out."""
    tries = 0
    while tries < _TRIES:
        for less in smaller(play):
            tries += 1
            if is_bad(less):
                play = less
                break
        else:
            break
    return play


def report(play: Play, other: str = "stepped", around: Around = contextlib.nullcontext) -> str:
    """Return a text that shows the difference in the smallest play that has one."""
    least = smallest(play, lambda less: difference(less, other, around))
    return f"{least}\n{difference(least, other, around)}"
