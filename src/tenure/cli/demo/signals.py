"""SIGINT and SIGTERM as a wish to stop: the first ends the traffic, the second cuts off what is still in flight."""

import asyncio
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import FrameType

SIGNALS = (signal.SIGINT, signal.SIGTERM)


class Stop:
    """The wish to stop, once a signal came."""

    def __init__(self) -> None:
        self.first: asyncio.Event = asyncio.Event()
        self.second: asyncio.Event = asyncio.Event()
        self.signal: signal.Signals | None = None

    @property
    def name(self) -> str:
        """Name of the signal that came first; "" if none came."""
        return "" if self.signal is None else self.signal.name

    def request(self, number: int) -> None:
        """Note that signal *number* came."""
        if self.first.is_set():
            self.second.set()
        else:
            self.signal = signal.Signals(number)
            self.first.set()

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Take the signals, from within a running event loop; give them back in the end."""
        loop = asyncio.get_running_loop()
        restore: list[Callable[[], object]] = []
        try:
            restore.extend(self._listen(loop, number) for number in SIGNALS)
            yield
        finally:
            for give_back in reversed(restore):
                give_back()

    def _listen(self, loop: asyncio.AbstractEventLoop, number: signal.Signals) -> Callable[[], object]:
        earlier = signal.getsignal(number)

        def on_signal(number: int, frame: FrameType | None) -> None:
            with suppress(RuntimeError):  # the loop is closed: there is nothing left to stop
                loop.call_soon_threadsafe(self.request, number)

        try:
            loop.add_signal_handler(number, self.request, number)
        except NotImplementedError:  # Windows: only the interpreter's own handlers
            signal.signal(number, on_signal)

        def give_back() -> None:
            with suppress(NotImplementedError):
                loop.remove_signal_handler(number)
            signal.signal(number, earlier)

        return give_back
