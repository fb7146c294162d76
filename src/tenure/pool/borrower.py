"""Who has an item: recorded cheaply when it is borrowed, put into words when somebody asks."""

import os
import sys
import threading
from types import CodeType, FrameType
from typing import Any

from tenure.lifecycle.waiting import place_of_awaitable, place_of_thread
from tenure.record import record

_OWN = (os.path.dirname(os.path.dirname(__file__)) + os.sep, "<tenure")
"""How the names of files of Tenure's own begin."""


@record(eq=False)
class Borrower:
    """Who has an item, and since when."""

    code: CodeType | None
    at: int
    who: Any
    """A task, or the number of a thread."""
    callers: tuple[Any, ...]
    """Of that code, functions and instructions by turns, innermost first; none where they are not recorded."""
    held_s: float
    """How long it has had the item."""

    @property
    def name(self) -> str:
        """Return the name of the task or thread."""
        if isinstance(self.who, int):
            names = {thread.ident: thread.name for thread in threading.enumerate()}
            return f"thread {names.get(self.who, self.who)}"
        name = getattr(self.who, "get_name", None)
        return f"task {name() if name is not None else getattr(self.who, 'name', 'unknown')}"

    @property
    def place(self) -> str:
        """Return `file:line in function` of the code that borrowed it."""
        return "an unknown place" if self.code is None else _told(self.code, self.at)

    @property
    def trace(self) -> tuple[str, ...]:
        """Return `file:line in function` of the code that borrowed it and of its callers, innermost first."""
        calls = [(self.code, self.at), *zip(self.callers[::2], self.callers[1::2], strict=True)]
        return tuple([_told(code, at) for code, at in calls if code and not code.co_filename.startswith(_OWN)])

    @property
    def waits_at(self) -> str | None:
        """Return `file:line` where it is now, None where that cannot be told: it has ended, or it is who asks."""
        if isinstance(self.who, int):
            return place_of_thread(self.who) if self.who != threading.get_ident() else None
        get_coro = getattr(self.who, "get_coro", None)
        return place_of_awaitable(get_coro() if get_coro is not None else getattr(self.who, "coro", None))

    def __str__(self) -> str:
        now_at = f", now at {self.waits_at}" if self.waits_at else ""
        return f"{self.name} has had one for {self.held_s:.3g} s, borrowed at {self.place}{now_at}"


def users_frame(frame: FrameType) -> FrameType:
    """Return the nearest frame from *frame* on that is not Tenure's own, *frame* itself if there is none."""
    found: FrameType | None = frame
    while found is not None and _is_own(found):
        found = found.f_back
    return found or frame


def callers_of(frame: FrameType) -> tuple[Any, ...]:
    """
    Return the function that called the one in *frame*, and where it is, then the same of its own caller.

    No more than these two, and no loop: it is done for each loan, and each look at a frame is a twentieth of one.
    """
    caller = frame.f_back
    if caller is None:
        return ()
    outer = caller.f_back
    if outer is None:
        return caller.f_code, caller.f_lasti
    return caller.f_code, caller.f_lasti, outer.f_code, outer.f_lasti


def calling_frame(depth: int) -> FrameType:
    """Return the frame of the caller, or of the one *depth* calls around it."""
    return sys._getframe(depth + 1)  # noqa: SLF001 - what `inspect.currentframe` calls


def _is_own(frame: FrameType) -> bool:
    name = frame.f_globals.get("__name__", "")
    return isinstance(name, str) and name.startswith("tenure.") and not name.startswith("tenure.cli")


def _told(code: CodeType, at: int) -> str:
    return f"{code.co_filename}:{_line(code, at)} in {code.co_qualname}"


def _line(code: CodeType, at: int) -> int:
    """Return the line of the instruction *at*."""
    found = code.co_firstlineno
    for start, end, line in code.co_lines():
        if start <= at < end:
            return line or found
    return found
