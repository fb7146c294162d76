"""
Run a synchronous main on this thread.

A thread beside it waits for the stop, lets what was accepted end, and then has main interrupted by its signal handler,
which raises where that loses nothing (`safe`).
"""

import queue
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from types import FrameType, TracebackType
from typing import Any

from tenure.runner import arguments
from tenure.runner.around import Pauses, inside, offer_stop
from tenure.runner.draining import Accepted, Ledger
from tenure.runner.options import Options, Runnable
from tenure.runner.safe import may_interrupt
from tenure.runner.signals import Signals
from tenure.runner.verdict import interruption, verdict
from tenure.workers.stop import Stop, serving

_POKE_FIRST_S, _POKE_LAST_S = 0.001, 0.05
"""Seconds between two looks at whether main may be interrupted: the first ones, and at most."""


class SyncRun:
    """
    One run.

    Args:
        container: of either face.
        main: a callable.
        args: its first arguments.
        options: see there.
    """

    def __init__(self, container: Runnable, main: Callable[..., Any], args: Sequence[Any], options: Options) -> None:
        self._container = container
        self._main = main
        self._args = args
        self._options = options
        self._stop = Stop()
        self._news: queue.SimpleQueue[None] = queue.SimpleQueue()  # the only one that a signal handler may put into
        self._main_ident = threading.get_ident()
        self._due: BaseException | None = None
        self._is_delivered = False
        self._is_main_over = False
        self._is_over = False
        self._ledger = Ledger(container)
        self._signals = Signals(
            options.signals, self._note_signal, self._deliver, options.aborts_at, self._ledger.unreleased
        )

    def run(self) -> Any:
        """Start, call main, close; return what main returned, raise what has to leave."""
        offer_stop(self._container)
        with serving(self._stop), self._signals, self._attended():
            with Pauses(self._container, self._stop):
                self._container.__enter__()
            with _Closing(self._container, self._ledger), inside(self._container):
                return self._result()

    def _result(self) -> Any:
        if self._stop.requested:
            return _leave_with(verdict(self._stop.reason, is_graceful=False))
        try:
            return self._call_main()
        except BaseException as error:
            wanted = verdict(self._stop.reason, is_graceful=False)
            if error is not self._due or type(error) is type(wanted):
                raise
        finally:
            self._due = None
        return _leave_with(wanted)

    def _call_main(self) -> Any:
        """Call main: the frame of this function says to the signal handler that it may raise."""
        try:
            return arguments.call(self._container, self._main, self._args, self._stop)
        finally:
            self._is_main_over = True
            self._news.put(None)

    # the signal handler: on the main thread, between any two bytecodes

    def _note_signal(self, number: Any) -> None:
        self._stop.mark(number)
        self._news.put(None)

    def _deliver(self, frame: FrameType | None) -> None:
        due = self._due
        if due is not None and not self._is_delivered and may_interrupt(frame, _INTERRUPTIBLE):
            self._is_delivered = True
            raise due

    # the thread beside

    @contextmanager
    def _attended(self) -> Iterator[None]:
        self._stop.then(self._wake)
        beside = threading.Thread(target=self._attend, name="tenure run", daemon=True)
        beside.start()
        try:
            yield
        finally:
            self._is_over = True
            self._news.put(None)
            beside.join()

    def _wake(self) -> None:
        self._news.put(None)

    def _attend(self) -> None:
        while not self._stop.requested and not self._is_over:
            self._news.get()
        if self._is_over:
            return
        self._stop.request(self._stop.reason)
        self._drain()
        self._interrupt()

    def _drain(self) -> None:
        """Wait for what was accepted, and for a main that has the stop, to end: at most until the limit."""
        limit_s, began = self._options.drain_timeout, time.monotonic()
        accepted = Accepted(self._container, self._wake)
        try:
            while self._has_to_wait(accepted):
                left_s = None if limit_s is None else began + limit_s - time.monotonic()
                if left_s is not None and left_s <= 0:
                    return
                self._wait(left_s)
        finally:
            accepted.forget()

    def _has_to_wait(self, accepted: Accepted) -> bool:
        if self._is_main_over or self._is_over or isinstance(self._stop.reason, BaseException):
            return False
        return self._stop.is_watched or not accepted.are_left

    def _wait(self, seconds: float | None) -> None:
        try:
            self._news.get(timeout=seconds)
        except queue.Empty:
            return

    def _interrupt(self) -> None:
        """Have an exception raised in main, as soon as that loses nothing."""
        if not self._signals.is_installed:
            return
        pause_s = _POKE_FIRST_S
        self._due = interruption(self._stop.reason)
        while not (self._is_main_over or self._is_over or self._is_delivered):
            frame = sys._current_frames().get(self._main_ident)  # noqa: SLF001 - the documented way to see another thread
            if may_interrupt(frame, _INTERRUPTIBLE):
                self._signals.poke()
            del frame
            self._wait(pause_s)
            pause_s = min(2 * pause_s, _POKE_LAST_S)


_INTERRUPTIBLE = frozenset({SyncRun._call_main.__code__})  # noqa: SLF001 - of this module


def _leave_with(error: BaseException | None) -> None:
    if error is not None:
        try:
            raise error
        finally:
            del error  # its traceback holds this frame (L16)


class _Closing:
    """A container that is started already: `with` only closes it."""

    def __init__(self, container: Runnable, ledger: Ledger) -> None:
        self._container = container
        self._ledger = ledger

    def __enter__(self) -> None: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> Any:
        self._ledger.begin()
        try:
            return self._container.__exit__(kind, error, trace)
        finally:
            self._ledger.end()
