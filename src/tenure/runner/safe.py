"""
Where main may be interrupted: nowhere inside the library's own opening and closing (L69).

A KeyboardInterrupt between a user's opening code and the record of it would lose what was opened. So a signal handler
looks at the frames that it interrupts: what it must not break is deferred until they are left.
"""

from collections.abc import Collection
from types import CodeType, FrameType

from tenure.lifecycle.circles import Joining
from tenure.lifecycle.effects import drive
from tenure.runtime.at_once import obtain_at_once

_OPENS_AND_CLOSES: frozenset[CodeType] = frozenset({drive.__code__, obtain_at_once.__code__})
"""Every synchronous opening and closing by steps runs below the first, every opening at once below the second."""
_ONLY_WAITS: frozenset[CodeType] = frozenset({Joining.block.__code__})
"""Waits for what another thread opens, in order to have it: nothing of this thread's is lost there (L43)."""


def may_interrupt(frame: FrameType | None, inside: Collection[CodeType]) -> bool:
    """
    Tell whether an exception may be raised in *frame*, the innermost of its thread.

    Args:
        frame: where the thread is.
        inside: code of functions; the exception may be raised only below one of them.
    """
    while frame is not None:
        code = frame.f_code
        if code in _ONLY_WAITS:
            return _is_below(frame.f_back, inside)
        if code in _OPENS_AND_CLOSES:
            return False
        if code in inside:
            return True
        frame = frame.f_back
    return False


def _is_below(frame: FrameType | None, inside: Collection[CodeType]) -> bool:
    while frame is not None:
        if frame.f_code in inside:
            return True
        frame = frame.f_back
    return False
