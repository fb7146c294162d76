"""A wait that ends at a limit, on a thread as on an event loop."""

import threading

from tenure.lifecycle.backends import LimitReachedError, current
from tenure.lifecycle.interrupts import let_through, waits
from tenure.lifecycle.latch import Latch


class Timed:
    """A wait for *latch*, at most *seconds*; raises `LimitReachedError` then."""

    __slots__ = ("latch", "seconds")

    def __init__(self, latch: Latch, seconds: float) -> None:
        self.latch: Latch = latch
        self.seconds: float = max(0.0, seconds)

    @waits
    def block(self) -> None:
        """Wait on this thread; Ctrl-C gets through."""
        event = threading.Event()
        self.latch.then(event.set)
        let_through()
        if not event.wait(self.seconds):
            raise LimitReachedError

    async def wait(self) -> None:
        """Wait on the running loop; may be cancelled."""
        async with current().limit(self.seconds):
            await self.latch.wait()
