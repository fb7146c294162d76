"""Signal handlers for the time of a run: the first asks to stop, one of the next ends the waiting."""

import _thread
import os
import signal
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from types import FrameType, TracebackType
from typing import Any, Self

EXIT_BASE = 128
"""A program that a signal ends has this plus its number as exit status, as shells show it."""


class Signals:
    """
    Handlers of *wanted*, from entering to leaving; none where this is not the main thread of the main interpreter.

    A signal that is ignored when the run begins (`nohup`, a background job) stays ignored.

    Args:
        wanted: the signals.
        on_first: called in the handler, on the main thread, with the first one; must take no lock.
        on_poke: called in the handler, with the frame that it interrupts, after `poke`.
        aborts_at: the number of the signal that ends the program at once, 2 for the second.
        unreleased: gives, a line each, what is still open then.

    Attributes:
        is_installed: whether a signal can reach the run.
    """

    def __init__(
        self,
        wanted: tuple[signal.Signals, ...],
        on_first: Callable[[signal.Signals], None],
        on_poke: Callable[[FrameType | None], None],
        aborts_at: int,
        unreleased: Callable[[], list[str]],
    ) -> None:
        self._wanted = wanted
        self._on_first = on_first
        self._on_poke = on_poke
        self._aborts_at = aborts_at
        self._unreleased = unreleased
        self._previous: dict[signal.Signals, Any] = {}
        self._pid = os.getpid()
        self._n_seen = 0
        self._is_poked = False

    @property
    def is_installed(self) -> bool:
        """Whether a signal can reach the run."""
        return bool(self._previous)

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
        if os.getpid() != self._pid:
            self._leave_to_previous(number)
            return
        if self._is_poked:
            self._is_poked = False
            self._on_poke(frame)
            return
        self._n_seen += 1
        if self._n_seen == 1:
            self._on_first(signal.Signals(number))
        elif self._n_seen >= self._aborts_at:
            self._abort(signal.Signals(number))

    def _leave_to_previous(self, number: int) -> None:
        """In a forked child the run is the parent's: do what the signal did before."""
        signal.signal(number, self._previous.get(signal.Signals(number), signal.SIG_DFL))
        signal.raise_signal(number)

    def poke(self) -> None:
        """From any thread: have `on_poke` called on the main thread soon, also where it waits for something."""
        number = next(iter(self._previous), None)
        if number is None:
            return
        self._is_poked = True
        main = threading.main_thread().ident
        if hasattr(signal, "pthread_kill") and main is not None:
            signal.pthread_kill(main, number)
        else:  # Windows
            _thread.interrupt_main(number)

    def _abort(self, number: signal.Signals) -> None:
        """End the program at once, telling what it leaves open; a stream that blocks is not waited for."""
        lines = [f"tenure: {number.name} again, ends without waiting; not closed:", *self._unreleased()]
        text = "\n  ".join(lines) if len(lines) > 1 else f"tenure: {number.name} again, ends without waiting"
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
