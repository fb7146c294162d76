"""
Run a synchronous main on this thread.

A thread beside it waits for the stop, lets what was accepted end, and then has main interrupted by its signal handler,
which raises where that loses nothing (`safe`).
"""

import _thread
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from types import FrameType, TracebackType
from typing import Any

from tenure.runner import arguments
from tenure.runner.around import Pauses, inside, offer_stop, told_of
from tenure.runner.draining import Accepted, Ledger
from tenure.runner.inbox import Inbox
from tenure.runner.options import Options, Runnable
from tenure.runner.safe import may_interrupt
from tenure.runner.signals import Signals, abort
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
        self._inbox = Inbox()
        self._main_ident = threading.get_ident()
        self._due: BaseException | None = None
        self._is_delivered = False
        self._is_main_over = False
        self._is_over = False
        self._ledger = Ledger(container)
        self._n_signals = 0
        self._poked_with: int | None = None
        self._signals = Signals(options.signals, self._on_signal)

    def run(self) -> Any:
        """Start, call main, close; return what main returned, raise what has to leave."""
        offer_stop(self._container)
        with serving(self._stop), told_of(self._stop, self._container), self._inbox, self._signals, self._attended():
            with self._ledger.kept(), Pauses(self._container, self._stop):
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
            self._inbox.wake()

    def _on_signal(self, number: signal.Signals, frame: FrameType | None) -> None:
        """Handle a signal on the main thread; what counts and waits is the thread beside."""
        self._stop.mark(number)
        due = self._due
        if due is not None and not self._is_delivered and may_interrupt(frame, _INTERRUPTIBLE):
            self._is_delivered = True
            raise due

    # the thread beside

    @contextmanager
    def _attended(self) -> Iterator[None]:
        if not self._signals.installed:  # nothing could be done from there: not every interpreter has threads
            yield
            return
        self._inbox.take_signals()
        self._stop.then(self._inbox.wake)
        beside = threading.Thread(target=self._attend, name="tenure run", daemon=True)
        beside.start()
        try:
            yield
        finally:
            self._is_over = True
            self._inbox.wake()
            beside.join()

    def _attend(self) -> None:
        while not (self._stop.requested or self._is_over):
            self._read(None)
        self._stop.request(self._stop.reason)
        self._drain()
        self._interrupt()
        while not self._is_over:
            self._read(None)

    def _read(self, seconds: float | None) -> None:
        """Wait *seconds* at most for news; count the signals among them, and abort where it is time."""
        for number in self._inbox.read(seconds):
            if number == self._poked_with:
                self._poked_with = None
            elif number in self._signals.installed and self._signals.is_ours(number):
                self._n_signals += 1
                self._stop.mark(signal.Signals(number))
                if self._n_signals >= self._options.aborts_at:
                    abort(signal.Signals(number), self._ledger.unreleased())

    def _drain(self) -> None:
        """Wait for what was accepted, and for a main that has the stop, to end: at most until the limit."""
        if self._has_nothing_to_wait_for():
            return
        limit_s, began = self._options.drain_timeout, time.monotonic()
        accepted = Accepted(self._container, self._inbox.wake)
        try:
            while not self._has_nothing_to_wait_for() and (self._stop.is_watched or not accepted.are_left):
                left_s = None if limit_s is None else began + limit_s - time.monotonic()
                if left_s is not None and left_s <= 0:
                    return
                self._read(left_s)
        finally:
            accepted.forget()

    def _has_nothing_to_wait_for(self) -> bool:
        return self._is_main_over or self._is_over or isinstance(self._stop.reason, BaseException)

    def _interrupt(self) -> None:
        """Have an exception raised in main, as soon as that loses nothing."""
        pause_s = _POKE_FIRST_S
        self._due = interruption(self._stop.reason)
        while not (self._is_main_over or self._is_over or self._is_delivered):
            frame = sys._current_frames().get(self._main_ident)  # noqa: SLF001 - the documented way to see another thread
            if self._poked_with is None and may_interrupt(frame, _INTERRUPTIBLE):
                self._poke()
            del frame
            self._read(pause_s)
            pause_s = min(2 * pause_s, _POKE_LAST_S)

    def _poke(self) -> None:
        """Have the handler called on the main thread, also where it waits for something."""
        number = self._signals.installed[0]
        self._poked_with = number  # each poke is read before the next, so that none is taken for a signal
        if hasattr(signal, "pthread_kill"):
            signal.pthread_kill(self._main_ident, number)
        else:  # Windows
            _thread.interrupt_main(number)


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
        with self._ledger.kept():
            return self._container.__exit__(kind, error, trace)
