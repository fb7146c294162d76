"""Signal handlers for the time of a run, and the end without waiting that a further signal brings."""

import _thread
import os
import signal
import sys
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from types import FrameType, TracebackType
from typing import Any, Self

from tenure.lifecycle.interrupts import KNOWS_WHEN

EXIT_BASE = 128
"""A program that a signal ends has this plus its number as exit status, as shells show it."""


class Signals:
    """
    Handlers of *wanted*, from entering to leaving; none where this is not the main thread of the main interpreter.

    A signal that is ignored when the run begins (`nohup`, a background job) stays ignored. In a forked child signals do
    what they did before the run.

    Args:
        wanted: the signals.
        on_signal: the handler: called on the main thread, between any two bytecodes, with the signal and the frame that
            it interrupts; must take no lock.
    """

    def __init__(
        self, wanted: tuple[signal.Signals, ...], on_signal: Callable[[signal.Signals, FrameType | None], None]
    ) -> None:
        self._wanted = wanted
        self._on_signal = on_signal
        self._previous: dict[signal.Signals, Any] = {}
        self._pid = os.getpid()

    @property
    def installed(self) -> tuple[signal.Signals, ...]:
        """Those that reach the run."""
        return tuple(self._previous)

    def is_ours(self, number: int) -> bool:
        """Tell whether the signal *number* reaches the run: main may have set a handler of its own since."""
        return signal.getsignal(number) == self._handle

    def __enter__(self) -> Self:
        if threading.current_thread() is threading.main_thread():
            try:
                self._install()
            except BaseException:
                self._restore()
                raise
        return self

    def _install(self) -> None:
        for each in self._wanted:
            previous = signal.getsignal(each)
            if previous in (signal.SIG_IGN, None):  # None: not set from Python, so that it could not be restored
                continue
            try:
                signal.signal(each, self._handle)
            except ValueError:  # another interpreter than the main one
                return
            self._previous[each] = previous

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._restore()

    def _restore(self) -> None:
        for each, previous in self._previous.items():
            signal.signal(each, previous)
        self._previous = {}

    def _handle(self, number: int, frame: FrameType | None) -> None:
        if os.getpid() == self._pid:
            self._on_signal(signal.Signals(number), frame)
            return
        signal.signal(number, self._previous.get(signal.Signals(number), signal.SIG_DFL))
        signal.raise_signal(number)

    setattr(_handle, KNOWS_WHEN, True)


def abort(number: signal.Signals, unreleased: Sequence[str]) -> None:
    """
    End the process at once with the status of *number*; tell on stderr what it leaves open.

    A stream that blocks is not waited for; takes no lock of Python's own, for a handler may call it.
    """
    lines = [f"tenure: {number.name} again, ends without waiting; not closed:", *(unreleased or ["nothing"])]
    text = "\n  ".join(lines)
    told = _thread.allocate_lock()
    told.acquire()

    def tell() -> None:
        with suppress(Exception):
            print(text, file=sys.stderr, flush=True)
        with suppress(Exception):
            sys.stdout.flush()
        told.release()

    _thread.start_new_thread(tell, ())
    told.acquire(timeout=1.0)
    os._exit(EXIT_BASE + number)
