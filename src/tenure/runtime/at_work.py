"""
Which swift code is at work: told from the stacks of threads, for it leaves no other trace while it runs.

What waits stands on no stack, and leaves a mark: in the scope, and in the context of the tasks that it starts.
"""

import sys
from collections.abc import Iterator
from contextvars import ContextVar
from types import CodeType, FrameType
from typing import Any

codes: set[CodeType] = set()
"""Of functions that, from the moment they set their variable `at_work`, have taken the `idle` of a scope."""

waiting: ContextVar[list[Any] | None] = ContextVar("tenure.waiting", default=None)
"""
The mark of the swift code that the running code is part of, where that may wait.

Its facts (key that is wanted, keys that are made once, all keys in order; None where a scope is left), and the number
of the one at hand.
"""


def stack() -> Iterator[FrameType]:
    """Yield the frames of the running code, innermost first."""
    frame: FrameType | None = sys._getframe(1)  # noqa: SLF001 - what `inspect.currentframe` calls
    while frame is not None:
        yield frame
        frame = frame.f_back


def every_frame() -> Iterator[FrameType]:
    """Yield the frames of all threads."""
    for top in list(sys._current_frames().values()):  # noqa: SLF001 - the documented way to see other threads
        frame: FrameType | None = top
        while frame is not None:
            yield frame
            frame = frame.f_back


def is_at_work(frame: FrameType, scope: Any) -> bool:
    """Tell whether *frame* is of swift code at work in *scope*."""
    if frame.f_code not in codes:
        return False
    names = frame.f_locals
    return names.get("scope", names.get("self")) is scope and "at_work" in names


def is_part_of(scope: Any) -> bool:
    """Tell whether the running code is part of swift code at work in *scope*."""
    mark = scope.waits
    if mark is not None and waiting.get() is mark:
        return True
    return any(is_at_work(frame, scope) for frame in stack())


def is_inside() -> bool:
    """Tell whether the running code is part of what swift code makes."""
    return any(
        frame.f_code in codes and "at_work" in frame.f_locals and "wanted" in frame.f_globals for frame in stack()
    )


def made_in(frame: FrameType) -> Any:
    """Return the key of what the swift function in *frame* is making, None where that is nothing for the scope."""
    number = frame.f_locals["at_work"]
    return frame.f_globals["KEYS"][number] if number >= 0 and "KEYS" in frame.f_globals else None


def at_work_here() -> Iterator[tuple[Any, Any]]:
    """Yield what the swift functions that the running code is part of are asked for and what they make just now."""
    for frame in stack():
        if frame.f_code in codes and "at_work" in frame.f_locals and (key := made_in(frame)) is not None:
            yield frame.f_globals["wanted"], key
    mark = waiting.get()
    if mark is not None and mark[0] is not None and mark[1] >= 0:
        (wanted, _, keys), number = mark
        yield wanted, keys[number]
