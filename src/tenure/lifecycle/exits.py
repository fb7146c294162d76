"""An exit: the obligation to close one resource. It exists exactly when the opening succeeded (L3)."""

import itertools
import sys
import threading
from collections.abc import Callable
from types import CodeType, FrameType
from typing import Any, TypeAlias

from tenure.lifecycle.latch import Latch
from tenure.model.binding import Binding

_guard = threading.RLock()  # protects the making of latches; re-entrant for the collector
next_number: Callable[[], int] = itertools.count(1).__next__
"""Returns a number that no other resource or scope of this process has."""
_generation = [0]
"""How many forks lie between the first process and this one."""


Asked: TypeAlias = tuple[CodeType | int, ...]
"""
Code that asked, innermost first, each followed by the bytecode that it stood at: the line is looked up when it is told.

It is one flat tuple, for every open resource of a root has one.
"""


_OWN = ("tenure.", "threading")


def was_forked() -> bool:
    """Tell whether this process was forked from one that may have opened something."""
    return _generation[0] > 0


def begin_generation() -> None:
    """Disown every exit there is: this process was forked from the one that opened them (L70)."""
    _generation[0] += 1


class Exit:
    """
    What is owed for one open resource.

    Attributes:
        binding: how it is closed, and its options.
        value: what consumers got.
        handle: what the closing takes; see `handles`.
        number: the `id` of its events.
        opened_at: seconds, `time.perf_counter`.
        needs: the exits of the resources it was made from; it is closed before each of them (L18).
        fed: for one that is made anew each time: the keys of shared values that were made from it.
        owner: the task that opened it and will close it, None for one that is closed where its scope is left.
        loop: the event loop it was opened on, None for a synchronous one.
        opened_by: where the code stood that asked for it; recorded for what the root owns.
        start: number of the start that opened it together with others, which may be closed together with it; else None.
        is_abandoned: whether its closing ran over its limit; how it ends later is no event any more.
        is_aside: whether it was made from what is replaced for a while, and has no place of its own to be taken from.
        is_bare: whether nothing but the next step of a generator closes it; see `bare`.
        managed: the record of its object where other scopes may hold it as well, else None.
        done: True as soon as its closing has begun: it never runs twice (L9).
        is_due: whether a shutdown is about to close it, so that nothing may be made of it any more.
        is_over: True as soon as its closing has ended, or is waited for no longer.
    """

    __slots__ = (
        "_born",
        "_ended",
        "binding",
        "done",
        "fed",
        "handle",
        "is_abandoned",
        "is_aside",
        "is_bare",
        "is_due",
        "is_over",
        "loop",
        "managed",
        "needs",
        "number",
        "opened_at",
        "opened_by",
        "owner",
        "start",
        "value",
    )

    def __init__(self, binding: Binding, value: Any, handle: Any, number: int, opened_at: float) -> None:
        self.binding: Binding = binding
        self.value: Any = value
        self.handle: Any = handle
        self.number: int = number
        self.opened_at: float = opened_at
        self.needs: tuple[Exit, ...] = ()
        self.fed: tuple[Any, ...] = ()
        self.owner: Any = None
        self.loop: Any = None
        self.opened_by: Asked = ()
        self.start: int | None = None
        self.is_abandoned: bool = False
        self.is_aside: bool = False
        self.is_bare: bool = False
        self.managed: Any = None
        self.done: bool = False
        self.is_due: bool = False
        self.is_over: bool = False
        self._ended: Latch | None = None
        self._born = _generation[0]

    @property
    def is_foreign(self) -> bool:
        """Whether it is owed by a process that this one was forked from."""
        return self._born != _generation[0]

    def end(self) -> None:
        """Note that its closing has ended."""
        self.is_over = True
        if self._ended is not None:
            self._ended.set()

    def ended(self) -> Latch:
        """Return what is open once its closing has ended."""
        with _guard:
            if self._ended is None:
                self._ended = Latch()
        if self.is_over:
            self._ended.set()
        return self._ended

    def __repr__(self) -> str:
        return f"<Exit {self.number} of {self.binding.label}{' done' if self.done else ''}>"

    @property
    def needs_await(self) -> bool:
        """Whether closing it needs an event loop."""
        lifecycle = self.binding.lifecycle
        return lifecycle is not None and lifecycle.closes_async


def asking_stack(limit: int = 5, skipped: int = 1) -> Asked:
    """
    Return the nearest *limit* places that are not in Tenure's own code, innermost first; see `shown_stack`.

    Args:
        limit: how many, >= 1.
        skipped: how many frames, this function's among them, are known to be Tenure's own.
    """
    found: list[CodeType | int] = []
    frame: FrameType | None = sys._getframe(skipped)  # noqa: SLF001 - what `inspect.currentframe` calls
    while frame is not None:
        if not _is_own[frame.f_globals.get("__name__")]:
            found += (frame.f_code, frame.f_lasti)
            if len(found) >= 2 * limit:
                break
        frame = frame.f_back
    return tuple(found)


class _IsOwn(dict[Any, bool]):
    """Whether modules are Tenure's own, or stand between it and whoever asks, by name; looked up for each frame."""

    def __missing__(self, name: Any) -> bool:
        is_own = isinstance(name, str) and name.startswith(_OWN) and not name.startswith("tenure.cli")
        if isinstance(name, str):
            self[name] = is_own
        return is_own


_is_own = _IsOwn()


def shown_stack(asked: Asked) -> tuple[str, ...]:
    """Return *asked* as texts `file:line in function`."""
    pairs: Any = zip(asked[::2], asked[1::2], strict=True)
    return tuple([f"{code.co_filename}:{_line(code, at)} in {code.co_qualname}" for code, at in pairs])


def _line(code: CodeType, at: int) -> int:
    found = [line for start, end, line in code.co_lines() if start <= at < end and line is not None]
    return found[0] if found else code.co_firstlineno
