"""
Coroutines that run on the event loop of one thread while another thread waits, or holds what is asynchronous open.

Knows asyncio and threads; must not know containers or queues of jobs.
"""

import asyncio
import contextvars
import threading
from collections.abc import Callable, Coroutine, Iterator
from contextlib import AbstractAsyncContextManager, contextmanager
from typing import Any, Generic, TypeVar

T = TypeVar("T")

_TURN_S = 0.1
"""
How long a thread waits at a time: an error that is raised in it from another thread (`PyThreadState_SetAsyncExc`), by
which queues end jobs that take too long, reaches it between two turns only.
"""


def run_on(loop: asyncio.AbstractEventLoop, coroutine: Coroutine[Any, Any, T]) -> T:
    """
    Return what *coroutine* returns, run on *loop*, which runs in another thread, in the context of the caller.

    Where the calling thread is interrupted meanwhile, by a signal or from another thread, the coroutine is cancelled,
    and has ended when this raises what interrupted; what it runs under `interruptible` sees that, too.

    Raises:
        RuntimeError: the loop is closed.
        BaseException: what the coroutine raises.
    """
    return _Call(loop, coroutine).result()


@contextmanager
def held_on(
    loop: asyncio.AbstractEventLoop, make: Callable[[], AbstractAsyncContextManager[T]]
) -> Iterator[tuple[T, contextvars.Context]]:
    """
    Hold the asynchronous context manager that *make* makes open on *loop*, around a body on this thread.

    The body gets what entering gives, and the context that it was entered in; its error is shown to the manager.
    """
    ready, finished = threading.Event(), asyncio.Event()  # which is bound to no loop before it is waited for
    opened: list[tuple[T, contextvars.Context]] = []
    failed: list[BaseException] = []

    async def hold() -> None:
        try:
            async with make() as value:
                opened.append((value, contextvars.copy_context()))
                ready.set()
                with interruptible():
                    await finished.wait()
                if failed:
                    raise failed[0]
        finally:
            ready.set()

    call = _Call(loop, hold())
    try:
        call.wait(ready)
        if not opened:
            call.result()
        yield opened[0]
    except BaseException as error:  # noqa: BLE001 - the manager raises it, unless it makes another end of it
        failed.append(error)
    try:
        if not opened:
            raise failed[0]
        loop.call_soon_threadsafe(finished.set)
        call.result()
    finally:
        failed.clear()  # the traceback in it holds this frame


class _Call(Generic[T]):
    """A coroutine that runs on a loop, for a thread that waits for it."""

    def __init__(self, loop: asyncio.AbstractEventLoop, coroutine: Coroutine[Any, Any, T]) -> None:
        self._loop = loop
        self._coroutine = coroutine
        self._task: asyncio.Task[None] | None = None
        self._is_sent = False
        self._done = threading.Event()
        self._returned: list[T] = []
        self._raised: BaseException | None = None
        self.interrupted_by: BaseException | None = None

    def _send(self) -> None:
        try:
            self._loop.call_soon_threadsafe(self._start)
        except RuntimeError:  # it is closed
            self._coroutine.close()
            self._done.set()
            raise
        self._is_sent = True

    def _start(self) -> None:
        _current.set(self)
        self._task = self._loop.create_task(self._run(self._coroutine))
        self._task.add_done_callback(self._finish)

    def _finish(self, task: asyncio.Task[None]) -> None:
        self._coroutine.close()  # cancelled before it began
        self._done.set()

    async def _run(self, coroutine: Coroutine[Any, Any, T]) -> None:
        try:
            self._returned.append(await coroutine)
        except BaseException as error:  # noqa: BLE001 - the waiting thread raises it; some would end the loop
            self._raised = error

    def result(self) -> T:
        """Wait until it has ended; return, or raise, what it does. See `Portal.run`."""
        self.wait(self._done)
        raised = self._raised if self.interrupted_by is None else self.interrupted_by
        if raised is None and not self._returned:
            raised = asyncio.CancelledError()  # before it began: the loop was ended
        try:
            if raised is not None:
                raise raised
            return self._returned[0]
        finally:
            del raised, self._raised  # whose traceback holds this frame

    def wait(self, until: threading.Event) -> None:
        """
        Have the coroutine begin, if it has not yet, and wait for *until*.

        Where this thread is interrupted, the coroutine is cancelled, and has ended when this raises.
        """
        try:
            if not self._is_sent:
                self._send()
            while not until.wait(_TURN_S):
                pass
        except BaseException as error:
            if not self._done.is_set():
                self._loop.call_soon_threadsafe(self._interrupt, error)
                while not self._done.wait(_TURN_S):
                    pass
            raise

    def _interrupt(self, error: BaseException) -> None:
        self.interrupted_by = error
        if self._task is not None:
            self._task.cancel()
        else:  # interrupted before it was sent
            self._coroutine.close()
            self._done.set()


_current: contextvars.ContextVar[_Call[Any]] = contextvars.ContextVar("tenure.loop_calls")


@contextmanager
def interruptible() -> Iterator[None]:
    """Let what the body stands in see what interrupted the thread that waits, and not that the body is cancelled."""
    try:
        yield
    except asyncio.CancelledError:
        call, task = _current.get(None), asyncio.current_task()
        if call is None or call.interrupted_by is None or task is None:
            raise
        task.uncancel()
        raise call.interrupted_by from None
