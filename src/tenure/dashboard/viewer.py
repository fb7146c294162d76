"""Somebody who looks: woken from any thread when there is something new, until they leave or are sent away."""

from tenure.lifecycle.backends import LimitReachedError, current
from tenure.lifecycle.latch import Latch


class Viewer:
    """
    One event stream.

    Attributes:
        over: opened when the client has gone or the dashboard ends; for good.
    """

    __slots__ = ("_news", "over")

    def __init__(self) -> None:
        self.over: Latch = Latch()
        self._news = Latch()

    def wake(self) -> None:
        """Say that there is something new; from any thread."""
        self._news.set()

    def leave(self) -> None:
        """End it; from any thread."""
        self.over.set()
        self._news.set()

    async def rest(self, seconds: float) -> None:
        """Wait so long, whatever there is new, unless it is over."""
        await _until(self.over, seconds)

    async def news(self, seconds: float) -> None:
        """Wait until there is something new, at most so long. Look after this: what comes while one looks counts."""
        await _until(self._news, seconds)
        self._news = Latch()
        if self.over.is_set:
            self._news.set()


async def _until(latch: Latch, seconds: float) -> None:
    try:
        async with current().limit(seconds):
            await latch.wait()
    except LimitReachedError:
        return
