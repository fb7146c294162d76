"""Where running code came from, as lines for people: cheaper than a traceback, and it holds no frame."""

import sys
from types import FrameType

_OWN = ("tenure.",)
_OWN_OUTSIDE = ("tenure.cli",)
_MACHINERY = ("asyncio", "trio", "uvloop", "anyio._backends", "threading", "concurrent", "_pytest", "pluggy")
"""Packages that call the program's code; what called them says nothing."""
_OWNER = "tenure.lifecycle.owner"


def asking_frames(limit: int) -> tuple[str, ...]:
    """
    Return `file:line in function` of the nearest *limit* frames of the program's own, innermost first.

    Ends where an event loop, a thread or a test runner called the program. () in an owner task, which opens for
    somebody who is not on its stack.
    """
    found: list[str] = []
    frame: FrameType | None = sys._getframe(1)  # noqa: SLF001 - what `inspect.currentframe` calls
    while frame is not None and len(found) < limit:
        name = frame.f_globals.get("__name__", "")
        if name == _OWNER:
            return ()
        if _is_in(name, _MACHINERY):
            if found:
                break
        elif not name.startswith(_OWN) or name.startswith(_OWN_OUTSIDE):
            code = frame.f_code
            found.append(f"{code.co_filename}:{frame.f_lineno} in {code.co_qualname}")
        frame = frame.f_back
    return tuple(found)


def _is_in(name: str, packages: tuple[str, ...]) -> bool:
    return any(name == package or name.startswith(f"{package}.") for package in packages)
