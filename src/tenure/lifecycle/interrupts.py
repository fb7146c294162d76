"""
Ctrl-C while Tenure's own code runs on the main thread: it waits until that code is done (L69).

Python calls the handler of SIGINT between any two bytecodes of whichever code runs. Where that is Tenure's, what has
just been opened would be owed by nobody, or what is to be closed forgotten; so the handler in force is called when
Tenure's code returns to the user's. In the user's own code, and where Tenure waits, it is called at once; so it is when
Ctrl-C comes again while the same call is still running: C code of the user's blocks there.
"""

import _signal  # type: ignore[import-not-found]  # what `signal` wraps in functions that could be interrupted themselves
import _thread
import functools
import threading
import time
from collections.abc import Callable
from types import CodeType, FrameType
from typing import Any, ClassVar, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

KNOWS_WHEN = "__tenure_knows_when__"
"""Attribute of a handler that itself raises where that does no harm: it is called at once."""
BLOCKED_AFTER_S = 0.2
"""Seconds that no bytecode of Tenure's takes, unless it calls what waits."""
_SIGINT = int(_signal.SIGINT)
_HELPERS = ("contextlib", "weakref", "_weakrefset", "enum", "functools", "inspect", "dataclasses")
"""Modules whose code counts as that of whoever called it: a context manager made by contextlib enters half in there."""


class _Again(int):
    """A signal: looking up `now` has it arrive once more, at the next place where Python looks for signals."""

    now = property(_thread.interrupt_main)  # an attribute and no call: Python looks for signals after each call


_again = _Again(_SIGINT)
_waits: set[CodeType] = set()
_main = threading.main_thread().ident


class _State:
    """Of the main thread, the only one that handlers run on."""

    handler: Any = None
    """The user's, while ours is in force."""
    is_due: bool = False
    """Whether Ctrl-C came and waits."""
    place: tuple[int, int] = (0, 0)
    """The frame, by `id`, and the bytecode at which it came last."""
    came_at: float = 0.0
    """When, in seconds of `time.monotonic`."""
    put_off: ClassVar[set[int]] = set()
    """Other signals that wait."""


def waits(function: Callable[P, T]) -> Callable[P, T]:
    """Mark *function* as one that waits in C code, where Ctrl-C gets through; it calls `let_through` before."""
    _waits.add(function.__code__)
    return function


def let_through() -> None:
    """Have Ctrl-C that came in code of Tenure's, and would wait for the end of it, come now: what follows waits."""
    if _State.is_due and _thread.get_ident() == _main:
        _again.now  # noqa: B018 - the look-up is the deed


def put_off(number: int) -> None:
    """
    Have a signal come again when Tenure's code has returned to the user's: for its handler, where `is_ours` holds.

    Where Ctrl-C is not held back, for it is ignored, that is before the next code of the user's, which may be what
    opens or closes a resource.

    Args:
        number: of a signal that has a handler.
    """
    if _signal.getsignal(_SIGINT) is _on_signal:
        _State.put_off.add(number)
    else:
        _Again(number).now  # noqa: B018 - the look-up is the deed


def _on_signal(number: int, frame: FrameType | None) -> Any:
    if not is_ours(frame) or _is_blocked(frame):
        _State.is_due = False
        return _State.handler(number, frame)
    _State.is_due = True
    return None


def _is_blocked(frame: FrameType | None) -> bool:
    """Tell whether Ctrl-C came before at this very place, and so long ago that the code there must be waiting."""
    place = (id(frame), frame.f_lasti if frame is not None else 0)
    before, came_at = _State.place, _State.came_at
    _State.place, _State.came_at = place, time.monotonic()
    return _State.is_due and place == before and _State.came_at - came_at > BLOCKED_AFTER_S


def is_ours(frame: FrameType | None) -> bool:
    """
    Tell whether *frame* runs code of Tenure's, or of the user's that has not begun yet.

    A handler of another signal that raises in such a frame loses what is being opened or closed there: see `put_off`.
    """
    if frame is not None and _room(frame) != "tenure" and _has_not_begun(frame):
        frame = frame.f_back
    while frame is not None and _room(frame) in _HELPERS:
        frame = frame.f_back
    return frame is not None and _room(frame) == "tenure" and frame.f_code not in _waits


def _has_not_begun(frame: FrameType) -> bool:
    """Tell whether *frame* stands on the line of its `def`, which no statement of a function of several lines does."""
    return frame.f_lineno == frame.f_code.co_firstlineno and frame.f_code.co_name != "<lambda>"


def _room(frame: FrameType | None) -> str:
    name: str = frame.f_globals.get("__name__", "") if frame is not None else ""
    return "tenure" if name.startswith("tenure.") and not name.startswith("tenure.cli") else name


def uninterrupted(function: Callable[P, T]) -> Callable[P, T]:
    """Have Ctrl-C wait while *function*, a way into Tenure, runs on the main thread."""

    @functools.wraps(function)
    def call(*args: P.args, **kwargs: P.kwargs) -> T:
        if _thread.get_ident() != _main:
            return function(*args, **kwargs)
        handler = _signal.getsignal(_SIGINT)
        if handler is _on_signal or not callable(handler) or hasattr(handler, KNOWS_WHEN):
            return function(*args, **kwargs)
        _State.handler = handler
        try:
            _signal.signal(_SIGINT, _on_signal)
        except ValueError:  # not the main interpreter, where no handler ever runs
            return function(*args, **kwargs)
        try:
            return function(*args, **kwargs)
        finally:
            try:
                if _signal.getsignal(_SIGINT) is _on_signal:  # the user's code may have set another one
                    _signal.signal(_SIGINT, handler)
            except KeyboardInterrupt:
                _State.is_due = True
            while _State.put_off:
                _Again(_State.put_off.pop()).now  # noqa: B018 - the look-up is the deed
            if _State.is_due:
                _State.is_due = False
                _again.now  # noqa: B018 - the look-up is the deed

    return call
