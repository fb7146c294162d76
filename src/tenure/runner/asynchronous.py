"""
Run an asynchronous main on a loop of its own.

A task beside it waits for the stop, lets what was accepted end, and then cancels the start or main. What a handler does
is to have a function called on the loop; nothing is ever raised into the library's code.
"""

import contextvars
import signal
from collections.abc import Callable, Sequence
from contextlib import suppress
from types import FrameType, TracebackType
from typing import Any

from tenure.binder import Binder
from tenure.lifecycle.backends import current
from tenure.lifecycle.latch import Latch
from tenure.runner import arguments
from tenure.runner.around import Pauses, inside, offer_stop, told_of
from tenure.runner.draining import Accepted, Ledger
from tenure.runner.loops import caller, run_life
from tenure.runner.options import Options, Runnable
from tenure.runner.regions import Region, region
from tenure.runner.signals import Signals, abort
from tenure.runner.verdict import verdict
from tenure.workers.stop import Stop, serving


class AsyncRun:
    """
    One run.

    Args:
        container: of either face.
        main: a callable; what it gives is awaited where that can be. None: a service, which ends when it is told to.
        args: its first arguments.
        options: see there.
    """

    def __init__(
        self, container: Runnable, main: Callable[..., Any] | None, args: Sequence[Any], options: Options
    ) -> None:
        self._container = container
        self._main = main
        self._args = args
        self._options = options
        self._stop = Stop()
        self._change = Latch()
        self._call: Callable[[Callable[[], None]], None] | None = None
        self._phase: Region | None = None
        self._is_started = False
        self._is_over = False
        self._beside_ended = Latch()
        self._ledger = Ledger(container)
        self._n_signals = 0
        self._signals = Signals(options.signals, self._on_signal)

    def run(self, backend: str) -> Any:
        """Start, run main on *backend*, close; return what main returned, raise what has to leave."""
        offer_stop(self._container)
        with serving(self._stop), told_of(self._stop, self._container), self._signals:
            result, error = run_life(backend, self._life)
        if error is not None:
            try:
                raise error
            finally:
                del error  # its traceback holds this frame (L16)
        return result

    async def _life(self) -> tuple[Any, BaseException | None]:
        """Live, and give what is to be raised back: a loop would make more of a SystemExit than an error."""
        self._call = caller(current().token())
        self._stop.then(self._nudge)
        if self._stop.requested:
            self._nudge()
        current().spawn(self._attend, contextvars.copy_context(), "tenure run")
        try:
            return await self._start_and_serve(), None
        except BaseException as error:
            if current().is_cancellation(error):
                raise
            return None, error
        finally:
            self._is_over = True
            self._nudge()
            await self._beside_ended.wait_out()

    async def _start_and_serve(self) -> Any:
        with region() as start:
            self._phase = start
            with self._ledger.kept(), Pauses(self._container, self._stop):
                await self._container.__aenter__()
                await self._take_over()
        if start.is_interrupted:
            return _leave_with(verdict(self._stop.reason, is_graceful=False))
        self._is_started = True
        async with _Closing(self._container, self._ledger):
            with inside(self._container):
                return await self._result()

    async def _take_over(self) -> None:
        """Have the failure of a resource's own task end the run, not only the task that started it (L56)."""
        if isinstance(self._container, Binder):
            engine = self._container.engine
            crashed = engine.root.crashed
            await engine.root.end_region(None)
            engine.root.crashed = crashed
            engine.root.begin_region(_Crash(engine.root, self._stop))

    async def _result(self) -> Any:
        result = None
        with region() as phase:
            self._phase = phase
            if self._stop.requested:  # it came too late to end the start
                phase.interrupt()
            result = await self._call_main()
        self._phase = None
        if phase.is_interrupted:
            return _leave_with(verdict(self._stop.reason, is_graceful=self._main is None))
        return result

    async def _call_main(self) -> Any:
        if self._main is None:
            await Latch().wait()
            return None
        if self._stop.requested:
            await Latch().wait()  # main does not begin any more
        return await arguments.acall(self._container, self._main, self._args, self._stop)

    def _on_signal(self, number: signal.Signals, _: FrameType | None) -> None:
        """Handle a signal on the main thread, which may be in the middle of anything."""
        self._n_signals += 1
        self._stop.mark(number)
        if self._n_signals >= self._options.aborts_at:
            abort(number, self._ledger.unreleased())
        if self._call is not None:
            self._call(self._nudge)

    # the task beside

    def _nudge(self) -> None:
        self._change.set()

    async def _attend(self) -> None:
        try:
            await self._until(lambda: self._stop.requested or self._is_over)
            if self._is_over:
                return
            self._stop.request(self._stop.reason)
            if self._is_started:
                await self._drain()
            if self._phase is not None:
                self._phase.interrupt()
        finally:
            self._beside_ended.set()

    async def _until(self, holds: Callable[[], bool]) -> None:
        while True:
            self._change = change = Latch()  # first: what changes from here on is noticed
            if holds():
                return
            await change.wait()

    async def _drain(self) -> None:
        """Wait for what was accepted, and for a main that has the stop, to end: at most until the limit."""
        limit_s = self._options.drain_timeout
        accepted = Accepted(self._container, self._nudge)
        try:
            if limit_s is None:
                await self._until(lambda: self._has_ended(accepted))
            else:
                with suppress(TimeoutError):
                    async with current().limit(limit_s):
                        await self._until(lambda: self._has_ended(accepted))
        finally:
            accepted.forget()

    def _has_ended(self, accepted: Accepted) -> bool:
        if self._phase is None or self._is_over or isinstance(self._stop.reason, BaseException):
            return True
        return accepted.are_left and not self._stop.is_watched


class _Crash:
    """The region of a container that runs: to cancel it is to ask for the stop."""

    def __init__(self, root: Any, stop: Any) -> None:
        self._root = root
        self._stop = stop

    def cancel(self) -> None:
        self._stop.request(self._root.crashed)

    @property
    def n_cancellations(self) -> int:
        return 0

    def drop(self) -> None:
        pass

    async def end(self, error: BaseException | None) -> BaseException | None:
        return error


def _leave_with(error: BaseException | None) -> None:
    if error is not None:
        try:
            raise error
        finally:
            del error  # its traceback holds this frame (L16)


class _Closing:
    """A container that is started already: `async with` only closes it."""

    def __init__(self, container: Runnable, ledger: Ledger) -> None:
        self._container = container
        self._ledger = ledger

    async def __aenter__(self) -> None: ...

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> Any:
        with self._ledger.kept():
            return await self._container.__aexit__(kind, error, trace)
