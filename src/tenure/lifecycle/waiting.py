"""Where code waits, as `file:line`: for the errors that name what ran over its limit."""

import os
import sys
from collections.abc import Iterator
from types import FrameType, TracebackType
from typing import Any

_OWN = os.path.dirname(os.path.dirname(__file__))
_PACKAGES = ("site-packages", "dist-packages")
_LIBRARIES = ("trio", "anyio", "uvloop", "outcome")


def place_of_awaitable(awaitable: Any) -> str | None:
    """Return where the suspended coroutine, generator or asynchronous generator *awaitable* waits, None if unknown."""
    return _innermost((frame, frame.f_lineno) for frame in _frames_of(awaitable))


def place_of_error(error: BaseException | None) -> str | None:
    """Return where *error*, a cancellation, met the code that it ended, None if unknown."""
    return _innermost(_steps_of(error.__traceback__ if error is not None else None))


def place_of_thread(ident: int | None) -> str | None:
    """Return where the thread *ident* is, None if it has ended."""
    frame = sys._current_frames().get(ident) if ident is not None else None  # noqa: SLF001 - documented, despite its name
    return _innermost(reversed([(each, each.f_lineno) for each in _outwards(frame)]))


def _frames_of(awaitable: Any) -> Iterator[FrameType]:
    """Yield the frames from *awaitable* inwards, along what each waits for."""
    while awaitable is not None:
        for kind in ("cr", "ag", "gi"):
            frame = getattr(awaitable, f"{kind}_frame", None)
            if frame is not None:
                yield frame
                awaitable = getattr(awaitable, "gi_yieldfrom" if kind == "gi" else f"{kind}_await", None)
                break
        else:
            return


def _steps_of(trace: TracebackType | None) -> Iterator[tuple[FrameType, int]]:
    while trace is not None:
        yield trace.tb_frame, trace.tb_lineno
        trace = trace.tb_next


def _outwards(frame: FrameType | None) -> Iterator[FrameType]:
    while frame is not None:
        yield frame
        frame = frame.f_back


def _innermost(steps: Iterator[tuple[FrameType, int]]) -> str | None:
    """Return the last of *steps* that is neither Tenure's, Python's own nor of a library that runs coroutines."""
    found: str | None = None
    for frame, line in steps:
        file = frame.f_code.co_filename
        if not _is_generated(frame) and not _is_inside(file):
            found = f"{file}:{line}"
    return found


def _is_generated(frame: FrameType) -> bool:
    """Tell whether *frame* is of generated code, also where a module has it that was compiled ahead of time."""
    return str(frame.f_globals.get("__name__")).startswith("tenure.compile.")


def _is_inside(file: str) -> bool:
    import sysconfig  # noqa: PLC0415 - slow to import, and for errors only

    parts = os.path.normpath(file).split(os.sep)
    for package in _PACKAGES:
        if package in parts:
            return parts[parts.index(package) + 1] in (*_LIBRARIES, "tenure")
    return file.startswith((_OWN, sysconfig.get_path("stdlib"), sysconfig.get_path("platstdlib")))
