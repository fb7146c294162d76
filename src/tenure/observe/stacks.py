"""Where running code came from: cheaper than a traceback, and it holds no frame."""

import sys
from types import CodeType, FrameType

from tenure.lifecycle.exits import Asked

_OWN = ("tenure.",)
_OWN_OUTSIDE = ("tenure.cli",)
_MACHINERY = ("asyncio", "trio", "uvloop", "anyio._backends", "threading", "concurrent", "_pytest", "pluggy")
"""Packages that call the program's code; what called them says nothing."""
_OWNER = "tenure.lifecycle.owner"


def asking_frames(limit: int) -> Asked:
    """
    Return the nearest *limit* places in the program's own code, innermost first; see `shown_stack`.

    Ends where an event loop, a thread or a test runner called the program. () in an owner task, which opens for
    somebody who is not on its stack.
    """
    found: list[CodeType | int] = []
    frame: FrameType | None = sys._getframe(1)  # noqa: SLF001 - what `inspect.currentframe` calls
    while frame is not None and len(found) < 2 * limit:
        name = frame.f_globals.get("__name__", "")
        if name == _OWNER:
            return ()
        if _is_in(name, _MACHINERY):
            if found:
                break
        elif not name.startswith(_OWN) or name.startswith(_OWN_OUTSIDE):
            found += (frame.f_code, frame.f_lasti)
        frame = frame.f_back
    return tuple(found)


def _is_in(name: str, packages: tuple[str, ...]) -> bool:
    return any(name == package or name.startswith(f"{package}.") for package in packages)
