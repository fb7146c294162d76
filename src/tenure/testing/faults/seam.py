"""
Where faults get in: the two functions by which every resource is opened and closed step by step.

They are replaced while somebody meddles and put back after it, so that nothing is paid otherwise. Meanwhile every
engine is observed, because one that is takes the steps for everything (design.md section 9, *The swift way*).
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Protocol

from tenure.event import Event
from tenure.lifecycle import closing, opening
from tenure.lifecycle.effects import Steps
from tenure.model.binding import Binding
from tenure.runtime import registry


class Meddler(Protocol):
    """Does something before, behind or instead of the opening and closing of resources."""

    def opening(self, binding: Binding, steps: Steps[Any]) -> Steps[Any]:
        """Return what is done in place of *steps*, one attempt to open."""
        ...

    def closing(self, binding: Binding, handle: Any, outcome: BaseException | None, steps: Steps[bool]) -> Steps[bool]:
        """Return what is done in place of *steps*, the closing of *handle*, which is shown *outcome*."""
        ...

    def told(self, event: Event) -> None:
        """Learn what happened, as observers do."""
        ...


_OPEN, _CLOSE = "_make_and_open", "close_handle"
_originals: Any = {_OPEN: opening.__dict__[_OPEN], _CLOSE: closing.__dict__[_CLOSE]}
_meddlers: list[Meddler] = []
_guard = threading.Lock()


@contextmanager
def meddling(meddler: Meddler) -> Iterator[None]:
    """Have *meddler* do so, in every container of the process; the one that came last is asked first."""
    ends: list[Callable[[], None]] = []

    def watch(engine: Any) -> None:
        ends.append(engine.observe(meddler.told))

    with _guard:
        _meddlers.append(meddler)
        _put(_make_and_open, _close_handle)
    for engine in list(registry.engines):
        watch(engine)
    registry.newborn.append(watch)
    try:
        yield
    finally:
        registry.newborn.remove(watch)
        for end in ends:
            end()
        with _guard:
            _meddlers.remove(meddler)
            if not _meddlers:
                _put(_originals[_OPEN], _originals[_CLOSE])


def _put(make_and_open: Any, close_handle: Any) -> None:
    opening.__dict__[_OPEN], closing.__dict__[_CLOSE] = make_and_open, close_handle


def _make_and_open(binding: Binding, make: Callable[[], Steps[Any]]) -> Steps[Any]:
    steps = _originals[_OPEN](binding, make)
    for meddler in tuple(_meddlers):
        steps = meddler.opening(binding, steps)
    return (yield from steps)


def _close_handle(binding: Binding, handle: Any, outcome: BaseException | None) -> Steps[bool]:
    steps = _originals[_CLOSE](binding, handle, outcome)
    for meddler in tuple(_meddlers):
        steps = meddler.closing(binding, handle, outcome, steps)
    return bool((yield from steps))
