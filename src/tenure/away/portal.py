"""An event loop of asyncio on a thread of its own, for code that has none."""

import asyncio
import threading
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

T = TypeVar("T")


def running_loop() -> asyncio.AbstractEventLoop | None:
    """Return the loop of asyncio that runs in this thread, None where none does."""
    return asyncio._get_running_loop()  # noqa: SLF001 - the documented form that does not raise


def wait_on(loop: asyncio.AbstractEventLoop, function: Callable[..., Awaitable[T]], *args: Any) -> T:
    """
    Call *function* on *loop*, which runs in another thread, and wait for what it returns.

    Raises:
        RuntimeError: *loop* is closed, or runs in this very thread, which would wait for itself.
        BaseException: what *function* raised; a KeyboardInterrupt here cancels it.
    """
    if loop is running_loop():
        raise RuntimeError("this thread runs the event loop that it would wait for; use await")

    async def call() -> T:
        return await function(*args)

    calling = call()
    try:
        future = asyncio.run_coroutine_threadsafe(calling, loop)
    except RuntimeError:
        calling.close()
        raise
    try:
        return future.result()
    except BaseException:
        future.cancel()  # nothing to it where it has ended
        raise


class Portal:
    """A running loop; `close` ends it."""

    def __init__(self) -> None:
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, name="tenure-portal", daemon=True)
        self.loop: asyncio.AbstractEventLoop
        """The loop."""
        self._thread.start()
        self._ready.wait()

    def _run(self) -> None:
        with asyncio.Runner() as runner:  # leaving it cancels what is left, and closes the loop
            self.loop = runner.get_loop()
            self.loop.call_soon(self._ready.set)
            self.loop.run_forever()

    def run(self, function: Callable[..., Awaitable[T]], *args: Any) -> T:
        """Call *function* on the loop and wait for what it returns; see `wait_on`."""
        return wait_on(self.loop, function, *args)

    def close(self) -> None:
        """Stop the loop, cancel what still runs on it, and wait for that; closing again is a no-op."""
        if not self.loop.is_closed():
            try:
                self.loop.call_soon_threadsafe(self.loop.stop)
            except RuntimeError:  # closed since
                return
        if self._thread is not threading.current_thread():
            self._thread.join()
